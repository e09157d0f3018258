/** The way of a delivery as a line with four stations, moving while it runs. */

import type { Step } from '../api.ts';
import { span } from '../words.ts';
import { Shape } from './mark.tsx';
import css from './step-line.module.css';

const done: Record<Step['name'], string> = {
  received: 'Received',
  checked: 'Checked',
  compared: 'Compared',
  held: 'Held',
  applied: 'Applied',
};
const doing: Record<Step['name'], string> = {
  received: 'Waiting for its turn',
  checked: 'Checking',
  compared: 'Comparing',
  held: 'Held',
  applied: 'Applying',
};

export function StepLine({ steps }: { steps: Step[] }) {
  return (
    <ol className={css.line} aria-label="Steps">
      {steps.map((step) => (
        <li key={step.name} data-state={step.state}>
          <span className={css.dot} aria-hidden="true">
            <Dot state={step.state} />
          </span>
          <span className={css.word}>{wordOf(step)}</span>
          <span className={css.note}>{noteOf(step)}</span>
        </li>
      ))}
    </ol>
  );
}

function Dot({ state }: { state: Step['state'] }) {
  if (state === 'running') return <Shape mark="running" />;
  if (state === 'held') return <Shape mark="needs you" />;
  if (state === 'stopped') return <Shape mark="rejected" />;
  if (state === 'done') return <Shape mark="up to date" />;
  return <Shape mark="new" />;
}

function wordOf({ name, state }: Step): string {
  return state === 'running' ? doing[name] : done[name];
}

function noteOf({ name, state, ms }: Step): string {
  switch (state) {
    case 'held':
      return 'waits for a decision';
    case 'done':
      return name === 'held' ? 'approved' : ms === null ? '' : span(ms);
    case 'running':
      return 'now';
    case 'stopped':
      return 'stopped here';
    case 'skipped':
      return 'not done';
    case 'waiting':
      return 'to come';
  }
}
