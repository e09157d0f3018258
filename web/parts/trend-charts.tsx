/** The pictures of a source over time; the table of the page says the same in numbers. */

import '@mantine/charts/styles.layer.css';
import { BarChart, LineChart } from '@mantine/charts';
import type { Kind } from '../../src/core/tables.ts';
import { kindMany } from '../kinds.ts';
import type { TrendPoint, Trends } from '../source-api.ts';
import { capital, day, plain } from '../words.ts';
import { Part } from './page.tsx';
import css from './trend-charts.module.css';

const height = 180;
/** The kinds that tell how a roster grows. */
const told: Kind[] = ['users', 'classes', 'enrollments'];

const common = {
  h: height,
  dataKey: 'day',
  tickLine: 'none' as const,
  strokeDasharray: '0',
  gridAxis: 'x' as const,
  valueFormatter: plain,
  xAxisProps: { minTickGap: 40, interval: 'preserveStartEnd' as const },
};
const margin = { top: 8, right: 16, bottom: 0, left: 0 };
const lineProps = { withDots: false, curveType: 'linear' as const, lineProps: { isAnimationActive: false } };

export function TrendCharts({ trends }: { trends: Trends }) {
  const { points } = trends;
  const known = points.filter(({ records }) => records !== null);
  const delivered = points.filter(({ dueMinutes }) => dueMinutes !== null);
  const checked = points.filter(({ rows }) => rows > 0);
  return (
    <>
      <Part title="Records over time">
        <div className={css.three}>
          {told
            .filter((kind) => known.some(({ records }) => records?.[kind] !== undefined))
            .map((kind) => (
              <Records key={kind} kind={kind} points={known} />
            ))}
        </div>
      </Part>
      <div className={css.two}>
        <Part title="Changes of each delivery">
          <Changes points={points} />
        </Part>
        <Part title="Rows left out">
          <Picture label={`Share of rows left out, in percent. ${ends(checked, leftOutShare, percent)}`}>
            <LineChart
              {...common}
              {...lineProps}
              data={checked.map((point) => ({ day: day(point.at), share: leftOutShare(point) }))}
              series={[{ name: 'share', label: 'Left out', color: 'var(--removed)' }]}
              valueFormatter={percent}
              yAxisProps={{ width: 56, domain: [0, 'auto'] }}
              lineChartProps={{ accessibilityLayer: false, margin }}
            />
          </Picture>
        </Part>
      </div>
      {trends.due !== null && delivered.length > 0 && (
        <Part title="Arrival against due time" aside={`Due ${trends.due}, ${trends.timeZone}`}>
          <Picture label={`Hours between due time and arrival. ${ends(delivered, hoursOf, hours)}`}>
            <BarChart
              {...common}
              data={delivered.map((point) => ({ day: day(point.at), hours: hoursOf(point) }))}
              series={[{ name: 'hours', label: 'Hours after due', color: 'var(--changed)' }]}
              getBarColor={(value) => (value > 0 ? 'var(--removed)' : 'var(--added)')}
              valueFormatter={hours}
              referenceLines={[{ y: 0, color: 'var(--ink-soft)' }]}
              yAxisProps={{
                width: 88,
                tickFormatter: hours,
                domain: [Math.min(0, lowest(delivered)), Math.max(0, highest(delivered))],
              }}
              barProps={{ isAnimationActive: false }}
              maxBarWidth={14}
              barChartProps={{ accessibilityLayer: false, margin }}
            />
          </Picture>
        </Part>
      )}
    </>
  );
}

function Records({ kind, points }: { kind: Kind; points: TrendPoint[] }) {
  const of = ({ records }: TrendPoint) => records?.[kind] ?? 0;
  return (
    <figure className={css.figure}>
      <figcaption>{capital(kindMany(kind))}</figcaption>
      <Picture label={`Number of ${kindMany(kind)}. ${ends(points, of, plain)}`}>
        <LineChart
          {...common}
          {...lineProps}
          data={points.map((point) => ({ day: day(point.at), count: of(point) }))}
          series={[{ name: 'count', label: capital(kindMany(kind)), color: 'var(--added)' }]}
          yAxisProps={{ width: 56, domain: [0, 'auto'], allowDecimals: false }}
          lineChartProps={{ accessibilityLayer: false, margin }}
        />
      </Picture>
    </figure>
  );
}

const series = [
  { name: 'added', label: 'Added', color: 'var(--added)' },
  { name: 'changed', label: 'Changed', color: 'var(--changed)' },
  { name: 'removed', label: 'Removed', color: 'var(--removed)' },
];

function Changes({ points }: { points: TrendPoint[] }) {
  const all = ({ added, changed, removed }: TrendPoint) => added + changed + removed;
  return (
    <figure className={css.figure}>
      <figcaption className={css.legend}>
        {series.map(({ name, label, color }) => (
          <span key={name}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect width="10" height="10" fill={color} />
            </svg>
            {label}
          </span>
        ))}
      </figcaption>
      <Picture label={`Changes of each delivery. ${ends(points, all, plain)}`}>
        <BarChart
          {...common}
          data={points.map(({ at, added, changed, removed }) => ({ day: day(at), added, changed, removed }))}
          type="stacked"
          series={series}
          yAxisProps={{ width: 56, allowDecimals: false }}
          maxBarWidth={14}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false, margin }}
        />
      </Picture>
    </figure>
  );
}

function Picture({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div role="img" aria-label={label}>
      {children}
    </div>
  );
}

const leftOutShare = ({ rows, leftOut }: TrendPoint): number => (rows === 0 ? 0 : (100 * leftOut) / rows);
/** Shares are mostly far below one percent, and an axis of them must not say one number twice. */
const percent = (share: number): string => `${Number(share.toFixed(2))}\u00a0%`;
const hoursOf = ({ dueMinutes }: TrendPoint): number => (dueMinutes ?? 0) / 60;
const hours = (value: number): string => {
  if (value === 0) return 'due';
  return `${Number(Math.abs(value).toFixed(1))} h ${value > 0 ? 'late' : 'early'}`;
};
const lowest = (points: TrendPoint[]): number => Math.floor(Math.min(...points.map(hoursOf)));
const highest = (points: TrendPoint[]): number => Math.ceil(Math.max(...points.map(hoursOf)));

/** First and last, lowest and highest: what a glance at a line tells. */
function ends(points: TrendPoint[], of: (point: TrendPoint) => number, shown: (value: number) => string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return 'Nothing to show.';
  const values = points.map(of);
  const range = `lowest ${shown(Math.min(...values))}, highest ${shown(Math.max(...values))}`;
  return `${day(first.at)}: ${shown(of(first))}; ${day(last.at)}: ${shown(of(last))}; ${range}.`;
}
