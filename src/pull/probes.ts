/** Probes that were asked for in the console: each runs on its own, is followed live, and is forgotten after a while. */
import { randomUUID } from 'node:crypto';
import { checkSecret } from '../core/pull-connection.ts';
import { Refusal } from '../core/refusal.ts';
import { audit } from '../db/audit.ts';
import type { Pool } from '../db/db.ts';
import { connectionOf } from '../db/pulls.ts';
import type { Dialer } from '../dial.ts';
import type { Log } from '../log.ts';
import { type Actor, actorId } from '../people/deps.ts';
import { notFound, refuseViewer } from '../people/rights.ts';
import type { Vault } from '../vault.ts';
import { ownPull } from './connections.ts';
import { type ProbeInput, type ProbeReport, type ProbeStep, probe } from './probe.ts';

export type ProbeView = {
  id: string;
  state: 'running' | 'done';
  steps: readonly ProbeStep[];
  /** When it is done. */
  report: ProbeReport | null;
};

/** With a source, what is left out is what the source has, its secret included. */
export type ProbeAsked = Partial<ProbeInput> & { sourceId?: string | undefined };

export type Probes = {
  /** @throws Refusal `busy`, `api-address`, `api-secret`, `not-found` */
  start(actor: Actor, asked: ProbeAsked): Promise<ProbeView>;
  /** Those of somebody else are answered like ones that do not exist. @throws Refusal `not-found` */
  look(actor: Actor, id: string): ProbeView;
  close(): Promise<void>;
};

export type ProbesDeps = {
  db: Pool;
  vault: Vault;
  dialer: Dialer;
  log: Log;
  now(): Date;
  timing?: { backoffMs?: number } | undefined;
};

type Running = {
  view: ProbeView;
  owner: string | null;
  stop: AbortController;
  ended: Promise<void>;
  endedAt: number | undefined;
};

const mostRunning = 5;
const keptMs = 30 * 60_000;
const longestMs = 15 * 60_000;

export function openProbes(deps: ProbesDeps): Probes {
  const all = new Map<string, Running>();
  const forget = () => {
    for (const [id, { endedAt }] of all)
      if (endedAt !== undefined && deps.now().getTime() - endedAt > keptMs) all.delete(id);
  };
  return {
    async start(actor, asked) {
      refuseViewer(actor);
      forget();
      const input = await inputOf(actor, asked, deps);
      if ([...all.values()].filter(({ endedAt }) => endedAt === undefined).length >= mostRunning)
        throw new Refusal('busy', 503, 'Several connections are being tried already. Try again in a minute.');
      const id = randomUUID();
      const stop = new AbortController();
      const view: ProbeView = { id, state: 'running', steps: [], report: null };
      const running: Running = { view, owner: actorId(actor), stop, ended: Promise.resolve(), endedAt: undefined };
      all.set(id, running);
      await audit(deps.db, {
        accountId: actorId(actor),
        ...(actor === 'command line' ? {} : { address: actor.address }),
        act: 'api tried',
        object: asked.sourceId ?? id,
        detail: { address: input.address },
      });
      running.ended = run(input, running, deps);
      return view;
    },
    look(actor, id) {
      const found = all.get(id);
      if (!found || found.owner !== actorId(actor)) throw notFound('probe');
      return found.view;
    },
    async close() {
      for (const { stop } of all.values()) stop.abort(new Error('stopping'));
      await Promise.all([...all.values()].map(({ ended }) => ended));
    },
  };
}

async function run(input: ProbeInput, running: Running, deps: ProbesDeps): Promise<void> {
  const { view, stop } = running;
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(longestMs)]);
  const { backoffMs } = deps.timing ?? {};
  const tell = (steps: readonly ProbeStep[]) => {
    view.steps = steps.map((step) => ({ ...step }));
  };
  try {
    view.report = await probe(input, { bounds: { dialer: deps.dialer }, now: deps.now, tell, backoffMs }, signal);
    const { isReady, preset, version } = view.report;
    deps.log.info({ isReady, preset: preset?.id, version }, 'an api was tried');
  } catch (error) {
    deps.log.warn({ kind: (error as Error).name }, 'trying an api was broken off');
    const words = error instanceof Refusal ? error.message : 'It took too long, or the server stopped.';
    view.report = {
      isReady: false,
      version: null,
      preset: null,
      connection: null,
      collections: [],
      abilities: null,
      remarks: [],
      steps: [...view.steps],
      trouble: words,
      said: null,
    };
  } finally {
    view.state = 'done';
    running.endedAt = deps.now().getTime();
  }
}

async function inputOf(actor: Actor, { sourceId, ...asked }: ProbeAsked, deps: ProbesDeps): Promise<ProbeInput> {
  if (sourceId === undefined) {
    if (!asked.address) throw new Refusal('api-address', 400, 'Give the address of the API.');
    return { ...asked, address: asked.address, secret: checkSecret(asked.secret ?? '') };
  }
  const source = await ownPull(deps, actor, sourceId);
  const stored = await connectionOf(deps.db, source.id);
  if (!stored) throw new Refusal('pull-unset', 409, 'This source has no address of an API yet.');
  const isElsewhere =
    (asked.address ?? stored.address) !== stored.address ||
    (asked.tokenUrl ?? stored.tokenUrl ?? undefined) !== (stored.tokenUrl ?? undefined);
  if (isElsewhere && asked.secret === undefined)
    throw new Refusal('api-secret', 400, 'Give the secret again: it is to be sent to another address than before.');
  return {
    address: asked.address ?? stored.address,
    tokenUrl: asked.tokenUrl ?? stored.tokenUrl ?? undefined,
    clientId: asked.clientId ?? stored.clientId,
    secret:
      asked.secret === undefined
        ? deps.vault.open(stored.sealedSecret, `pull:${source.id}`)
        : checkSecret(asked.secret),
    settings: { ...stored.settings, ...asked.settings },
  };
}
