/** Who gets which alert: what their role gets, unless they chose otherwise for a source, a district or everything. */
import type { Choice, Contact } from '../db/alerts.ts';

export type Place = { districtId: string | null; sourceId: string | null };

/** People of the vendor and administrators get everything, viewers nothing. */
export const roleGets = (role: Contact['role']): boolean => role !== 'viewer';

/** The choice that is nearest to the case wins: of the source, of the district, of everything; of the kind, of all kinds. */
export function wants(contact: Pick<Contact, 'role' | 'choices'>, kind: string, place: Place): boolean {
  for (const scope of scopesOf(place)) {
    for (const each of [kind, 'all']) {
      const chosen = contact.choices.find((choice: Choice) => choice.scope === scope && choice.kind === each);
      if (chosen) return chosen.wanted;
    }
  }
  return roleGets(contact.role);
}

/** Nearest first. */
function scopesOf({ districtId, sourceId }: Place): string[] {
  const scopes = ['all'];
  if (districtId !== null) scopes.unshift(`district:${districtId}`);
  if (sourceId !== null) scopes.unshift(`source:${sourceId}`);
  return scopes;
}
