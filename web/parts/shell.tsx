/** What stands around every page: navigation, the colour switch, and the guard that asks for signing in. */

import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Link, Navigate, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import type { Person } from '../api.ts';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { Trouble } from './page.tsx';
import css from './shell.module.css';

export function Shell() {
  const { person, error, retry } = usePerson();
  const location = useLocation();
  const isOpen = location.pathname === paths.tryFile();
  if (error && !person) return isOpen ? <Frame person={null} /> : <Trouble error={error} retry={retry} />;
  if (person === undefined) return null;
  if (person === null && !isOpen) return <Navigate to={paths.signIn(location.pathname + location.search)} replace />;
  return <Frame person={person} />;
}

/** @param person null: a page that asks for no signing in. */
function Frame({ person }: { person: Person | null }) {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) main.current?.focus({ preventScroll: true });
    shown.current = pathname;
  }, [pathname]);
  const loading = useNavigation().state !== 'idle';
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#main">
        Skip to content
      </a>
      <header className={css.top}>
        <Link to="/" className={css.brand}>
          <img src="/mark.svg" alt="" width="22" height="22" />
          Homeroom
        </Link>
        <ColourSwitch />
      </header>
      <nav className={css.nav} aria-label="Main">
        <div className={css.links}>
          {person && <OwnLinks person={person} />}
          <NavLink to={paths.tryFile()}>
            <Icon path="M4 2h5l3 3v9H4zM6 9.5l1.5 1.5 2.5-3" />
            Try a file
          </NavLink>
          {person ? (
            <NavLink to="/account" className={css.last ?? ''}>
              <Icon path={figure} />
              Account
            </NavLink>
          ) : (
            <NavLink to={paths.signIn()} className={css.last ?? ''}>
              <Icon path={figure} />
              Sign in
            </NavLink>
          )}
        </div>
      </nav>
      <main id="main" ref={main} tabIndex={-1} className={css.main} aria-busy={loading}>
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
  );
}

const figure = 'M8 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.7-2.6 2.8-4 5.5-4s4.8 1.4 5.5 4';
const house = 'M2.5 14V6L8 2.5 13.5 6v8zM6.5 14v-4h3v4';

function OwnLinks({ person }: { person: Person }) {
  return (
    <>
      <NavLink to="/" end>
        <Icon path="M2 4h12M2 8h12M2 12h8" />
        Overview
      </NavLink>
      <NavLink to={person.district ? paths.district(person.district.id) : paths.districts()}>
        <Icon path={house} />
        {person.district ? 'District' : 'Districts'}
      </NavLink>
    </>
  );
}

function ColourSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const colour = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const other = colour === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={`Switch to ${other} colours`}
      onClick={() => setColorScheme(other)}
    >
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
      </svg>
    </ActionIcon>
  );
}

function Icon({ path }: { path: string }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
