/** Finds out how an API works, instead of asking the district: where it lies, how it lets in, what it holds and can do. */
import { changedConnection, type PullConnection } from '../core/pull-connection.ts';
import { pullSettingsOf } from '../core/pull-settings.ts';
import { type CollectionName, collections } from '../core/rest/collections.ts';
import type { Version } from '../core/tables.ts';
import { rowsOf } from './answer.ts';
import { type Client, openClient } from './client.ts';
import { openLanes } from './lanes.ts';
import { versionOfPath } from './plan.ts';
import { elsewhereFor, presetFor, presetShown } from './presets/index.ts';
import type { Preset, Shown } from './presets/preset.ts';
import { type Abilities, abilitiesOf } from './probe-abilities.ts';
import { addressCandidates, isOldPath } from './probe-addresses.ts';
import { type CollectionReport, lookAt, type Remark, remarksFrom } from './probe-collections.ts';
import { findToken } from './probe-token.ts';
import type { Bounds } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type ProbeInput = {
  address: string;
  tokenUrl?: string | undefined;
  /** Empty or left out: the secret is a token that was handed out. */
  clientId?: string | undefined;
  secret: string;
  settings?: Record<string, unknown> | undefined;
};

export type ProbeStep = {
  id: string;
  title: string;
  state: 'running' | 'ok' | 'odd' | 'not offered' | 'failed';
  /** One sentence. */
  words: string;
  /** Of a collection. */
  count?: number | null;
};

export type ProbeReport = {
  /** Everything that a roster needs can be read. */
  isReady: boolean;
  version: Version | null;
  preset: { id: string; title: string; hints: readonly string[] } | null;
  /** As a source is set up with it; the secret is not part of it. Null when no way in was found. */
  connection: PullConnection | null;
  collections: CollectionReport[];
  abilities: Abilities | null;
  /** What this server does otherwise than OneRoster says, as one sentence each. */
  remarks: Remark[];
  steps: ProbeStep[];
  /** Why it is not ready, and what to do; null when it is. */
  trouble: string | null;
  /** What the server said to that, masked of secrets. */
  said: string | null;
};

export type ProbeDeps = {
  bounds: Omit<Bounds, 'limitBytes' | 'silenceMs' | 'totalMs'> & Partial<Bounds>;
  now(): Date;
  /** Called whenever a step begins or ends. */
  tell?: (steps: readonly ProbeStep[]) => void;
  backoffMs?: number | undefined;
};

const names: CollectionName[] = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'demographics',
  'enrollments',
];
const limits = { limitBytes: 64 * 2 ** 20, silenceMs: 90_000, totalMs: 180_000 };

/** @throws Refusal when what was given makes no sense; whatever the server does is in the report. */
export async function probe(input: ProbeInput, deps: ProbeDeps, signal: AbortSignal): Promise<ProbeReport> {
  const steps: ProbeStep[] = [];
  const step = (id: string, title: string) => {
    const made: ProbeStep = { id, title, state: 'running', words: '' };
    steps.push(made);
    deps.tell?.(steps);
    return (state: ProbeStep['state'], words: string, more: Partial<ProbeStep> = {}) => {
      Object.assign(made, { state, words, ...more });
      deps.tell?.(steps);
    };
  };
  const preset = presetFor(absolute(input.address), input.tokenUrl);
  const report: ProbeReport = {
    isReady: false,
    version: null,
    preset: preset ? about(preset) : null,
    connection: null,
    collections: [],
    abilities: null,
    remarks: [],
    steps,
    trouble: null,
    said: null,
  };
  const other = elsewhereFor(absolute(input.address), input.tokenUrl);
  if (other) return { ...report, trouble: other.instead };
  try {
    const found = await findWayIn(input, preset, deps, signal, step);
    report.connection = found.connection;
    await lookAround(found, report, signal, step);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PullTrouble)) throw error;
    const running = steps.find(({ state }) => state === 'running');
    if (running) Object.assign(running, { state: 'failed', words: error.message });
    report.trouble = isOldPath(input.address)
      ? `${error.message} The address is one of OneRoster 1.0, which is retired: ask for that of 1.1 or 1.2.`
      : error.message;
    report.said = error.said ?? null;
    deps.tell?.(steps);
  }
  return report;
}

const about = ({ id, title, hints }: Preset) => ({ id, title, hints });

export type Step = (
  id: string,
  title: string,
) => (state: ProbeStep['state'], words: string, more?: Partial<ProbeStep>) => void;

const absolute = (address: string) =>
  /^[a-z]+:\/\//i.test(address.trim()) ? address.trim() : `https://${address.trim()}`;

type WayIn = { client: Client; connection: PullConnection };

/** Tries addresses and ways of authorising until one hands out orgs. */
async function findWayIn(
  input: ProbeInput,
  preset: Preset | undefined,
  deps: ProbeDeps,
  signal: AbortSignal,
  step: Step,
): Promise<WayIn> {
  const addresses = addressCandidates(input.address, preset);
  const bounds = { ...limits, ...deps.bounds };
  const given = { ...preset?.settings, ...input.settings };
  const clientId = input.clientId?.trim() ?? '';
  const done = step('way in', 'Key and secret');
  const ways: { settings: Record<string, unknown>; tokenUrl: string | null }[] = [];
  if (clientId === '' || given.auth === 'bearer') {
    ways.push({ settings: { ...given, auth: 'bearer' }, tokenUrl: null });
    done('ok', 'The secret is taken for a token that was handed out.');
  } else if (given.auth === 'oauth1' && !input.tokenUrl) {
    ways.push(...signed(given));
    done('ok', 'Requests are signed (OAuth 1).');
  } else {
    const token = await findToken(
      { ...input, clientId, addresses, preset, settings: given, bounds, now: deps.now },
      signal,
    );
    if (token) {
      ways.push({ settings: token.settings, tokenUrl: token.tokenUrl });
      done('ok', `A token was given by ${new URL(token.tokenUrl).host} (${token.words}).`);
    } else {
      ways.push(...signed(given));
      done('odd', 'No token address was found, so requests are signed (OAuth 1).');
    }
  }
  const finding = step('address', 'Address of the API');
  let trouble: PullTrouble | undefined;
  for (const { settings, tokenUrl } of ways) {
    for (const address of addresses) {
      const connection = changedConnection(undefined, {
        address,
        tokenUrl,
        clientId,
        preset: preset?.id ?? null,
        settings,
      });
      const client = clientFor(connection, input.secret, deps, bounds);
      try {
        rowsOf(await client.get(client.urlOf('orgs', [['limit', '1']]), signal, 2), collections.orgs);
        finding('ok', address);
        return { client, connection };
      } catch (error) {
        if (!(error instanceof PullTrouble)) throw error;
        // What says most is told in the end: that a key is refused says more than that there is nothing.
        if (!trouble || rank(error) > rank(trouble)) trouble = error;
        if (['tls', 'not-public', 'no-token'].includes(error.code)) throw error;
        if (error.code === 'not-authorised' && settings.auth !== 'oauth1') break;
      }
    }
  }
  throw trouble ?? new PullTrouble('not-found', 'No OneRoster API was found at this address.');
}

const order = [
  'not-found',
  'not-json',
  'key-missing',
  'redirect',
  'bad-request',
  'not-reachable',
  'server-error',
  'timeout',
  'forbidden',
  'not-authorised',
];
const rank = ({ code }: PullTrouble): number => order.indexOf(code);

const signed = (settings: Record<string, unknown>) =>
  (['HMAC-SHA256', 'HMAC-SHA1'] as const).map((signature) => ({
    settings: { ...settings, auth: 'oauth1', signature },
    tokenUrl: null,
  }));

function clientFor(connection: PullConnection, secret: string, { now, backoffMs }: ProbeDeps, bounds: Bounds): Client {
  return openClient({
    connection,
    settings: { ...pullSettingsOf(connection.settings), concurrency: 1 },
    secret,
    bounds,
    lane: openLanes(() => now().getTime()).of(connection.address),
    version: versionOfPath(connection.address),
    now,
    ...(backoffMs === undefined ? {} : { backoffMs }),
  });
}

async function lookAround(
  { client, connection }: WayIn,
  report: ProbeReport,
  signal: AbortSignal,
  step: Step,
): Promise<void> {
  const shown: Shown = { headers: new Set(), hrefs: new Set() };
  for (const name of names) {
    const done = step(name, name);
    const seen = await lookAt(name, client, signal, shown);
    report.collections.push(seen);
    const { state, count, words } = seen;
    done(
      state === 'ok' ? 'ok' : state === 'not offered' || state === 'not permitted' ? 'not offered' : 'failed',
      words,
      { count },
    );
    if (name === 'users' && seen.version) report.version = seen.version;
  }
  report.version ??= versionOfPath(connection.address);
  const preset = report.preset ? undefined : presetShown(shown);
  if (preset) report.preset = about(preset);
  const largest = report.collections
    .filter(({ state, rows }) => state === 'ok' && rows > 0)
    .sort((a, b) => (b.count ?? b.rows) - (a.count ?? a.rows))[0];
  if (largest) report.abilities = await abilitiesOf(largest.name, client, largest, signal, step);
  report.remarks = remarksFrom(report.collections, report.abilities);
  report.connection = settled(connection, report);
  const missing = report.collections.filter(({ name, state }) => state !== 'ok' && !collections[name].isOptional);
  const isEmpty = report.collections.every(
    ({ name, rows, count }) => name === 'academicSessions' || (count ?? rows) === 0,
  );
  report.isReady = missing.length === 0 && !isEmpty;
  if (missing.length > 0)
    report.trouble = `The API does not hand out ${missing.map(({ name }) => name).join(', ')}: have them shared with this key in the SIS.`;
  else if (isEmpty)
    report.trouble =
      'The key and the secret are right, but nothing is shared with them yet: the API hands out no school, class or person.';
}

/** The setting of a source, with what was found out. */
function settled(
  connection: PullConnection,
  { version, abilities, preset, collections: seen }: ProbeReport,
): PullConnection {
  const settings: Record<string, unknown> = { ...connection.settings };
  if (version && version !== versionOfPath(connection.address)) settings.version = version;
  if (abilities?.pageLimit && abilities.pageLimit < 2000) settings.pageSize = Math.max(2, abilities.pageLimit);
  if (abilities && abilities.changes !== 'yes') settings.changes = 'off';
  if (seen.some(({ name, state }) => name === 'demographics' && state !== 'ok')) settings.demographics = false;
  return changedConnection(connection, { preset: preset?.id ?? null, settings });
}
