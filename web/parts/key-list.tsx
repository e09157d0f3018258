/** Public keys with their fingerprints, when each was last used, and a way to remove one. */

import { Button } from '@mantine/core';
import type { OwnAccount } from '../api.ts';
import { moment } from '../words.ts';
import css from './key-list.module.css';

type Key = OwnAccount['keys'][number];

/** @param removing the id of a key that is on its way out. */
export function KeyList(props: { keys: Key[]; removing: string | undefined; onRemove?: (id: string) => void }) {
  const { keys, removing, onRemove } = props;
  return (
    <ul className={css.keys}>
      {keys.map((key) => (
        <li key={key.id}>
          <div>
            <strong>{key.name}</strong> <span className="soft">{key.algorithm}</span>
            <div className={css.print}>{key.fingerprint}</div>
            <div className="small soft">
              {key.lastUsedAt ? `Last used on ${moment(key.lastUsedAt)}` : 'Never used'}
              {key.expiresAt && ` · ends on ${moment(key.expiresAt)}`}
            </div>
          </div>
          {onRemove && (
            <Button
              variant="default"
              loading={removing === key.id}
              onClick={() => onRemove(key.id)}
              aria-label={`Remove the key ${key.name}`}
            >
              Remove
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
