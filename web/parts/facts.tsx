/** Names and values, one under the other. */

import css from './facts.module.css';

/** @param compact within a row of a table. */
export function Facts({ facts, compact }: { facts: [name: string, value: React.ReactNode][]; compact?: boolean }) {
  return (
    <dl className={css.facts} data-compact={compact}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
