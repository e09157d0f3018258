/** Sixty nights of an invented source, for the page about trends; one night nothing came, one delivery was held. */

import type { TrendDeps, TrendPoint } from '../../src/http/trend-deps.ts';

const dayMs = 86_400_000;
const last = Date.parse('2026-11-21T09:58:00Z');

export function fakeTrends(): TrendDeps {
  return {
    async of(_, days) {
      const nights = Math.min(days, 60);
      const points: TrendPoint[] = [];
      for (let night = nights - 1; night >= 0; night--) {
        if (night === 9) continue;
        const wave = Math.round(12 * Math.abs(Math.sin(night)));
        const isHeld = night === 0;
        const isFirst = night === 59;
        points.push({
          id: isHeld ? 'sync-lakeview-literacy-15' : `sync-lakeview-literacy-${Math.max(1, 14 - night)}`,
          number: nights - night,
          at: new Date(last - night * dayMs - wave * 7 * 60_000),
          state: isHeld ? 'held' : wave === 0 ? 'unchanged' : 'applied',
          records: isHeld
            ? null
            : {
                orgs: 3,
                courses: 64,
                classes: 205 + Math.floor((60 - night) / 8),
                users: 2_300 + (60 - night) * 2,
                enrollments: 12_400 + (60 - night) * 9,
              },
          added: isHeld ? 0 : isFirst ? 620 : wave * 4,
          changed: isHeld || isFirst ? 0 : wave * 9,
          removed: isHeld ? 0 : Math.floor(wave / 2),
          rows: 15_200 + wave,
          leftOut: night > 30 ? 160 : 11 + wave,
          dueMinutes: -2 - wave * 7 + (night === 20 ? 190 : 0),
        });
      }
      return {
        due: 'daily 03:00',
        timeZone: 'America/Denver',
        points,
        missed: days >= 30 ? [new Date(last - 9 * dayMs + 2 * 60_000)] : [],
      };
    },
  };
}
