/** How far the reading, or the sending, of a delivery is, by file. */

import type { Progress } from '../check/messages.ts';
import { size } from '../words.ts';
import css from './reading.module.css';

/** @param verb what has been done with so much of each file. */
export function Reading({ progress, verb = 'Read' }: { progress: Progress; verb?: string }) {
  return (
    <ul className={css.list} aria-label="Files">
      {progress.map(({ name, sizeBytes, readBytes }) => (
        <li key={name}>
          <span className={css.name}>{name}</span>
          <progress aria-label={`${verb} of ${name}`} max={Math.max(sizeBytes, 1)} value={sizeBytes ? readBytes : 1} />
          <span className={css.size}>{size(sizeBytes)}</span>
        </li>
      ))}
    </ul>
  );
}
