/** Sets up from where a source pulls, and as whom: for the command line and the console alike. */
import { type ConnectionGiven, changedConnection, checkSecret, type PullConnection } from '../core/pull-connection.ts';
import { type PullSettingView, pullSettingViews } from '../core/pull-settings.ts';
import { Refusal } from '../core/refusal.ts';
import type { Pool } from '../db/db.ts';
import { type SourceRow, sourceById } from '../db/districts.ts';
import { connectionOf, saveConnection } from '../db/pulls.ts';
import { type Actor, isVendor, noted } from '../people/deps.ts';
import { notFound, refuseViewer } from '../people/rights.ts';
import { addSource, type NewSource } from '../people/set-up.ts';
import type { Vault } from '../vault.ts';

export type ConnectionsDeps = { db: Pool; vault: Vault; now(): Date };

export type ConnectionView = {
  address: string;
  tokenUrl: string | null;
  clientId: string;
  preset: string | null;
  changedAt: Date;
  settings: PullSettingView[];
};

export type NewApi = Omit<NewSource, 'kind'> & { connection: ConnectionGiven; secret: string };

/** A source that pulls, with its connection; neither without the other. @throws Refusal as its parts */
export async function addApi(
  deps: ConnectionsDeps,
  actor: Actor,
  { connection, secret, ...source }: NewApi,
): Promise<SourceRow> {
  const made = changedConnection(undefined, connection);
  const checked = checkSecret(secret);
  return deps.db.tx(async (tx) => {
    const added = await addSource({ db: tx as Pool }, actor, { name: 'API', ...source, kind: 'pull' });
    await saveConnection(tx, added.id, made, deps.vault.seal(checked, `pull:${added.id}`), deps.now());
    await noted(tx, actor, 'api connection set', added.id, detail(made, true));
    return added;
  });
}

/**
 * Changes what is given. Where requests would go to another server, the secret has to be given again: whoever may change an
 * address is not to be sent a secret that they do not know.
 * @throws Refusal `api-secret`, and as `changedConnection`
 */
export async function changeApi(
  deps: ConnectionsDeps,
  actor: Actor,
  { sourceId, secret, ...given }: ConnectionGiven & { sourceId: string; secret?: string | undefined },
): Promise<ConnectionView> {
  const source = await ownPull(deps, actor, sourceId);
  refuseViewer(actor);
  const before = await connectionOf(deps.db, source.id);
  const next = changedConnection(before, given);
  if (secret === undefined && (!before || serversOf(next).some((server) => !serversOf(before).includes(server))))
    throw new Refusal('api-secret', 400, 'Give the secret again: it is to be sent to another server than before.');
  const sealed = secret === undefined ? undefined : deps.vault.seal(checkSecret(secret), `pull:${source.id}`);
  await deps.db.tx(async (tx) => {
    await saveConnection(tx, source.id, next, sealed, deps.now());
    await noted(tx, actor, 'api connection set', source.id, detail(next, sealed !== undefined));
  });
  return viewApi(deps, actor, source.id);
}

/** The secret is never shown. @throws Refusal `not-found` */
export async function viewApi(
  deps: Pick<ConnectionsDeps, 'db'>,
  actor: Actor,
  sourceId: string,
): Promise<ConnectionView> {
  const source = await ownPull(deps, actor, sourceId);
  const found = await connectionOf(deps.db, source.id);
  if (!found) throw new Refusal('pull-unset', 409, 'This source has no address of an API yet.');
  const { address, tokenUrl, clientId, preset, changedAt, settings } = found;
  return { address, tokenUrl, clientId, preset, changedAt, settings: pullSettingViews(settings) };
}

/** A source that pulls; one of another district is answered like one that does not exist. @throws Refusal `not-found`, `pull-unset` */
export async function ownPull({ db }: Pick<ConnectionsDeps, 'db'>, actor: Actor, sourceId: string): Promise<SourceRow> {
  const source = await sourceById(db, sourceId);
  if (!source || (actor !== 'command line' && !isVendor(actor) && actor.districtId !== source.district.id))
    throw notFound('source');
  if (source.kind !== 'pull') throw new Refusal('pull-unset', 409, 'This source does not pull: files are sent to it.');
  return source;
}

const serversOf = ({ address, tokenUrl }: PullConnection): string[] =>
  [address, ...(tokenUrl === null ? [] : [tokenUrl])].map((url) => new URL(url).origin);

const detail = ({ address, tokenUrl, clientId, settings }: PullConnection, hasSecret: boolean) => ({
  address,
  tokenUrl,
  clientId,
  settings,
  secret: hasSecret ? 'given' : 'as before',
});
