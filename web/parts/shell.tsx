/** What stands around every page: navigation, search, the colour switch, and the guard that asks for signing in. */

import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Link, Navigate, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import type { Person } from '../api.ts';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { isOpenPath } from './areas.tsx';
import { Navigation } from './navigation.tsx';
import { Trouble } from './page.tsx';
import { SearchButton } from './search-button.tsx';
import css from './shell.module.css';

const SignInAgain = lazy(async () => ({ default: (await import('./sign-in-again.tsx')).SignInAgain }));

export function Shell() {
  const { person, isOver, error, retry } = usePerson();
  const location = useLocation();
  const isOpen = isOpenPath(location.pathname);
  if (error && !person) return isOpen ? <Frame person={null} /> : <Trouble error={error} retry={retry} />;
  if (person === undefined) return null;
  if (person === null && !isOpen) return <Navigate to={paths.signIn(location.pathname + location.search)} replace />;
  return (
    <>
      <Frame person={person} />
      {person && isOver && (
        <Suspense>
          <SignInAgain person={person} />
        </Suspense>
      )}
    </>
  );
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
        {person && <SearchButton />}
        <ColourSwitch />
      </header>
      <Navigation person={person} />
      <main id="main" ref={main} tabIndex={-1} className={css.main} aria-busy={loading}>
        <Outlet />
      </main>
      <ScrollRestoration />
    </div>
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
