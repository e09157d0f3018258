/** What people of a district may do where the vendor has a say for each source. */
import type { Account, HttpDeps } from './deps.ts';

/** Why this person may not roll syncs of a source back; null when they may. */
export async function mayNotRollBack(deps: HttpDeps, { role }: Account, sourceId: string): Promise<string | null> {
  if (role === 'owner' || role === 'operator') return null;
  const isAllowed = role === 'administrator' && (await isAllowedAt(deps, sourceId, 'rollback'));
  return isAllowed ? null : 'Your vendor rolls syncs back.';
}

/** Whether the vendor lets administrators of the district do this with a source. */
export async function isAllowedAt(deps: HttpDeps, sourceId: string, act: string): Promise<boolean> {
  const view = await deps.sourceSettings(sourceId);
  const allowed = view?.settings.find(({ name }) => name === 'administratorsMay')?.value as string[] | undefined;
  return allowed?.includes(act) ?? false;
}
