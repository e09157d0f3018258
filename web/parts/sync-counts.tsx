/** What a sync did or would do in counts: a table by kind, and a picture by kind or by school. */

import { lazy, Suspense } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Plan, Sync } from '../api.ts';
import { paths } from '../paths.ts';
import { counted, plain } from '../words.ts';
import type { ChangeBar } from './change-chart.tsx';
import { CountsTable, changeColumns } from './counts-table.tsx';
import { Part } from './page.tsx';
import css from './sync-counts.module.css';
import { TabLinks } from './tab-links.tsx';

const ChangeChart = lazy(async () => ({ default: (await import('./change-chart.tsx')).ChangeChart }));

/** Bars of one picture. */
const schoolsShown = 12;

export function SyncCounts({ sync, plan }: { sync: Sync; plan: Plan | undefined }) {
  const [search] = useSearchParams();
  const { totals, kinds } = sync;
  const schools = schoolBars(plan);
  const bySchool = search.get('by') === 'school' && schools.length > 0;
  const to = (by: string | undefined) => paths.sync(sync.id, { ...Object.fromEntries(search), by });
  return (
    <div className={css.counts}>
      <Part title="Records by kind">
        <CountsTable
          caption="Rows, and records added, changed, removed and left out, by kind"
          kinds={kinds}
          columns={changeColumns}
        />
      </Part>
      {totals.added + totals.changed + totals.removed > 0 && (
        <Part
          title={chartTitle(sync)}
          aside={
            schools.length > 0 && (
              <TabLinks
                label="Picture"
                stays
                isSmall
                links={[
                  { name: 'By kind', to: to(undefined), isCurrent: !bySchool },
                  { name: 'By school', to: to('school'), isCurrent: bySchool },
                ]}
              />
            )
          }
        >
          <Suspense fallback={<div className={css.chart} />}>
            {bySchool ? (
              <>
                <ChangeChart bars={schools.slice(0, schoolsShown)} of={['school', 'schools']} />
                <SchoolTable sync={sync} schools={schools} />
              </>
            ) : (
              <ChangeChart
                bars={kinds.map(({ kind, added, changed, removed }) => ({
                  name: kind,
                  added: added ?? 0,
                  changed: changed ?? 0,
                  removed: removed ?? 0,
                }))}
                of={['kind', 'kinds']}
              />
            )}
          </Suspense>
        </Part>
      )}
    </div>
  );
}

function chartTitle({ state, removalsWait }: Sync): string {
  if (removalsWait) return 'Changes (the removals wait)';
  return state === 'applied' || state === 'rolled back' ? 'Changes' : 'Changes it would make';
}

type SchoolBar = ChangeBar & { school: string };

/** Schools that lose most first. */
function schoolBars(plan: Plan | undefined): SchoolBar[] {
  const bars = new Map<string, SchoolBar>();
  for (const { school, name, archive, added = 0, changed = 0 } of plan?.schools ?? []) {
    const known = bars.get(school) ?? { school, name: name ?? school, added: 0, changed: 0, removed: 0 };
    bars.set(school, {
      ...known,
      added: known.added + (added ?? 0),
      changed: known.changed + (changed ?? 0),
      removed: known.removed + archive,
    });
  }
  return [...bars.values()]
    .filter(({ added, changed, removed }) => added + changed + removed > 0)
    .sort((a, b) => b.removed - a.removed || b.added + b.changed - a.added - a.changed);
}

function SchoolTable({ sync, schools }: { sync: Sync; schools: SchoolBar[] }) {
  return (
    <details className={css.table}>
      <summary>As a table: {counted(schools.length, 'school', 'schools')}</summary>
      <CountsTable
        caption="Records added, changed and removed, by school"
        head="School"
        kinds={schools.map((each) => ({ ...each, kind: each.school }))}
        nameOf={({ school, name }) => (
          <Link to={paths.sync(sync.id, { part: 'changes', by: 'school', school })} preventScrollReset>
            {name}
          </Link>
        )}
        columns={[
          { head: 'Added', count: (row) => row.added },
          { head: 'Changed', count: (row) => row.changed },
          { head: 'Removed', count: (row) => row.removed },
        ]}
      />
      {schools.length > schoolsShown && (
        <p className="small soft">The picture shows the {plain(schoolsShown)} that lose or change most.</p>
      )}
    </details>
  );
}
