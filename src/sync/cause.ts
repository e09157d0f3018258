/** What or who caused a change, in words. */
import type { Change } from '../db/history.ts';
import { originWords } from './origin.ts';

export type Cause = Pick<
  Change,
  'action' | 'syncNumber' | 'fileName' | 'source' | 'originDetail' | 'accountId' | 'by' | 'syncId'
>;

/** `delivery 4 (night-4.zip, source SFTP)`, `sync 5 (Rollback of sync 4)`, `ana@pine.example`. */
export function causeOf(change: Cause): string {
  const { action, syncId, syncNumber, fileName, source, originDetail, accountId, by } = change;
  if (syncId !== null) {
    const origin = originWords({ originDetail });
    if (origin !== undefined) return `sync ${syncNumber ?? '?'} (${origin})`;
    const file = fileName === null ? '' : `${fileName}, `;
    return `delivery ${syncNumber ?? '?'} (${file}source ${source ?? 'that is gone'})`;
  }
  if (accountId !== null) return by ?? 'a person whose account is gone';
  return action === 'purge' ? 'the end of its time' : 'a person at the command line';
}
