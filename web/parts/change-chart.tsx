/** Picture of added, changed and removed records, a bar for each kind or school; a table near it says the same in numbers. */

import '@mantine/charts/styles.layer.css';
import { BarChart } from '@mantine/charts';
import { counted, plain } from '../words.ts';
import css from './change-chart.module.css';

const series = [
  { name: 'added', label: 'Added', color: 'var(--added)' },
  { name: 'changed', label: 'Changed', color: 'var(--changed)' },
  { name: 'removed', label: 'Removed', color: 'var(--removed)' },
] as const;

const barPx = 34;
const axisPx = 36;
const letterPx = 7.2;
const labelLetters = 24;

export type ChangeBar = { name: string; added: number; changed: number; removed: number };

/** @param of what the bars are: one and many, `kind` and `kinds`. */
export function ChangeChart({ bars, of }: { bars: ChangeBar[]; of: [one: string, many: string] }) {
  const data = bars.filter(({ added, changed, removed }) => added + changed + removed > 0);
  const words = data.map(
    ({ name, added, changed, removed }) =>
      `${name}: ${plain(added)} added, ${plain(changed)} changed, ${plain(removed)} removed`,
  );
  const longest = Math.max(...data.map(({ name }) => Math.min(name.length, labelLetters)));
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
      <div role="img" aria-label={`Changes by ${of[0]}, ${counted(data.length, ...of)}. ${words.join('; ')}.`}>
        <BarChart
          h={data.length * barPx + axisPx}
          data={data}
          dataKey="name"
          type="stacked"
          orientation="vertical"
          series={[...series]}
          gridAxis="y"
          tickLine="none"
          strokeDasharray="0"
          maxBarWidth={18}
          valueFormatter={plain}
          yAxisProps={{ width: Math.max(60, longest * letterPx + 12), tickFormatter: shortened, interval: 0 }}
          xAxisProps={{ allowDecimals: false }}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false, margin: { top: 0, right: 12, bottom: 0, left: 0 } }}
        />
      </div>
    </figure>
  );
}

const shortened = (name: string): string =>
  name.length > labelLetters ? `${name.slice(0, labelLetters - 1).trimEnd()}…` : name;
