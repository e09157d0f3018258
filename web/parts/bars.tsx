/** Changes of the last deliveries of a source as little bars: hover or focus, and the arrow keys, tell date and counts. */

import { useState } from 'react';
import type { Bar } from '../api.ts';
import { day, plain } from '../words.ts';
import css from './bars.module.css';
import { Shape } from './mark.tsx';

const step = 8;
const barWidth = 5;
const height = 24;
const places = 14;

export function Bars({ bars, of }: { bars: Bar[]; of: string }) {
  const [active, setActive] = useState<number | null>(null);
  if (bars.length === 0) return null;
  const most = Math.max(...bars.map(changesOf), 1);
  const move = (by: number) =>
    setActive((now) => Math.min(bars.length - 1, Math.max(0, (now ?? bars.length - 1) + by)));
  const shown = active === null ? undefined : bars[active];
  return (
    <div className={css.bars} onPointerLeave={() => setActive(null)}>
      <button
        type="button"
        className={css.button}
        aria-label={`Changes of the last ${bars.length} deliveries of ${of}. Arrow keys tell each.`}
        onFocus={() => setActive((now) => now ?? bars.length - 1)}
        onBlur={() => setActive(null)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') move(-1);
          if (event.key === 'ArrowRight') move(1);
          if (event.key === 'Escape') setActive(null);
        }}
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const place = Math.floor(((event.clientX - left) / width) * places) - (places - bars.length);
          setActive(place < 0 ? null : Math.min(place, bars.length - 1));
        }}
      >
        <svg viewBox={`0 0 ${places * step} ${height}`} width={places * step} height={height} aria-hidden="true">
          {bars.map((bar, index) => (
            <BarMark
              key={bar.id}
              bar={bar}
              x={(places - bars.length + index) * step}
              most={most}
              active={index === active}
            />
          ))}
        </svg>
      </button>
      <span className={css.note} role="status" hidden={!shown}>
        {shown && (
          <>
            <strong>{day(shown.at)}</strong> {shown.word}
            <br />
            {plain(shown.added)} added, {plain(shown.changed)} changed, {plain(shown.removed)} removed
          </>
        )}
      </span>
    </div>
  );
}

/** A bar grows with the square root, so that a first load does not flatten every night after it. */
function BarMark({ bar, x, most, active }: { bar: Bar; x: number; most: number; active: boolean }) {
  const troubled = bar.mark === 'rejected' || bar.mark === 'failed' || bar.mark === 'needs you';
  const tall = Math.max(2, Math.sqrt(changesOf(bar) / most) * (height - 2));
  if (troubled && changesOf(bar) === 0) {
    return (
      <svg x={x - 3} y={height - 12} width="11" height="11" viewBox="0 0 14 14" aria-hidden="true">
        <Shape mark={bar.mark} />
      </svg>
    );
  }
  const className = `${css.bar} ${active ? css.active : ''} ${troubled ? css.troubled : ''}`;
  return <rect className={className} x={x} y={height - tall} width={barWidth} height={tall} />;
}

const changesOf = (bar: Bar): number => bar.added + bar.changed + bar.removed;
