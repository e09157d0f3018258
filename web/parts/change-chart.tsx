/** Picture of the changes by kind; the table beside it says the same in numbers. */

import '@mantine/charts/styles.layer.css';
import { BarChart } from '@mantine/charts';
import type { KindCounts } from '../api.ts';
import { counted, plain } from '../words.ts';
import css from './change-chart.module.css';

const series = [
  { name: 'added', label: 'Added', color: 'var(--added)' },
  { name: 'changed', label: 'Changed', color: 'var(--changed)' },
  { name: 'removed', label: 'Removed', color: 'var(--removed)' },
] as const;

const barPx = 34;
const axisPx = 36;

export function ChangeChart({ kinds }: { kinds: KindCounts[] }) {
  const data = kinds
    .map(({ kind, added, changed, removed }) => ({
      kind,
      added: added ?? 0,
      changed: changed ?? 0,
      removed: removed ?? 0,
    }))
    .filter(({ added, changed, removed }) => added + changed + removed > 0);
  const words = data.map(
    ({ kind, added, changed, removed }) =>
      `${kind}: ${plain(added)} added, ${plain(changed)} changed, ${plain(removed)} removed`,
  );
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
      <div role="img" aria-label={`Changes by kind, ${counted(data.length, 'kind', 'kinds')}. ${words.join('; ')}.`}>
        <BarChart
          h={data.length * barPx + axisPx}
          data={data}
          dataKey="kind"
          type="stacked"
          orientation="vertical"
          series={[...series]}
          gridAxis="y"
          tickLine="none"
          strokeDasharray="0"
          maxBarWidth={18}
          valueFormatter={plain}
          yAxisProps={{ width: 118 }}
          xAxisProps={{ allowDecimals: false }}
          barProps={{ isAnimationActive: false }}
          barChartProps={{ accessibilityLayer: false, margin: { top: 0, right: 12, bottom: 0, left: 0 } }}
        />
      </div>
    </figure>
  );
}
