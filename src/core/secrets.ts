/** Keeps credentials out of what people are shown: that one is there, or has changed, but never what it is. */
import { type Kind, tableOf } from './tables.ts';

export const hidden = '•••';

/** Whether a field of a kind holds what lets somebody in. */
export const isSecret = (kind: Kind, field: string): boolean => tableOf(kind).fields[field]?.privacy === 'credential';

/** The same values with credentials hidden. */
export function withoutSecrets<V extends Readonly<Record<string, unknown>>>(kind: Kind, values: V): V {
  const shown = Object.entries(values).map(([field, value]) => [field, isSecret(kind, field) ? hidden : value]);
  return Object.fromEntries(shown) as V;
}
