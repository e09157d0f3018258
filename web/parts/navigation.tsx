/** The way between the areas: a column beside the page, and on a phone a bar with the rest behind "More". */

import { useEffect, useState } from 'react';
import { Link, useLocation } from 'react-router';
import type { Person } from '../api.ts';
import { type Area, areaAt, areasFor, ownArea } from './areas.tsx';
import { Sheet } from './dialog.tsx';
import css from './navigation.module.css';

/** A bar of a phone holds so many without "More". */
const barPlaces = 4;

/** @param person null: only what asks for no signing in. */
export function Navigation({ person }: { person: Person | null }) {
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes what led to it.
  useEffect(() => setOpen(false), [pathname]);
  const areas = areasFor(person);
  const own = ownArea(person);
  const all = [...areas, own];
  const isShort = all.length <= barPlaces;
  const current = areaAt(all, pathname);
  return (
    <nav className={css.nav} aria-label="Main">
      <div className={css.links}>
        {areas.map((area) => (
          <AreaLink
            key={area.name}
            area={area}
            isInBar={isShort || area.isInBar === true}
            isCurrent={area === current}
          />
        ))}
        <AreaLink area={own} isInBar={isShort || own.isInBar === true} isCurrent={own === current} isLast />
        {!isShort && (
          <button type="button" className={css.more} aria-haspopup="dialog" onClick={() => setOpen(true)}>
            <Icon path="M3 8h.01M8 8h.01M13 8h.01" width={2.5} />
            More
          </button>
        )}
      </div>
      <Sheet isOpen={isOpen} onClose={() => setOpen(false)} title="All areas">
        <div className={css.sheet}>
          {all.map((area) => (
            <AreaLink key={area.name} area={area} isInBar isCurrent={area === current} />
          ))}
        </div>
      </Sheet>
    </nav>
  );
}

function AreaLink(props: { area: Area; isInBar: boolean; isCurrent: boolean; isLast?: boolean }) {
  const { area, isInBar, isCurrent, isLast = false } = props;
  const { name, to, icon } = area;
  return (
    <Link
      to={to}
      aria-current={isCurrent ? 'page' : undefined}
      data-bar={isInBar}
      className={isLast ? (css.last ?? '') : ''}
    >
      <Icon path={icon} />
      {name}
    </Link>
  );
}

function Icon({ path, width = 1.5 }: { path: string; width?: number }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth={width}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
