/** Checks a delivery: which format it is, what every rule says of it, and which of its records are taken. */

import type { Ahead } from './ahead/block.ts';
import { EntryFault } from './bundle.ts';
import { encode } from './bytes.ts';
import { Directory } from './directory.ts';
import type { OpenContext, Opened, TableSource } from './formats/format.ts';
import { type AskedFormat, expectedFormat } from './formats/recognise.ts';
import { IdSet, KNOWN } from './id-set.ts';
import { Neighbourhood, type Neighbours } from './neighbours.ts';
import type { Bundle, CheckResult, Finding, Mode, Sink, TableCount } from './record.ts';
import type { Profile } from './rules/rule.ts';
import { dateOf } from './structure/dates.ts';
import { Scene } from './structure/scene.ts';
import { watch } from './structure/watch.ts';
import { consequencesOf } from './summary.ts';
import { TableCheck } from './table-check.ts';
import { fieldNames, type Kind, kinds } from './tables.ts';
import { Tally } from './tally.ts';

export type CheckOptions = {
  profile: Profile;
  /** `auto` when not said. */
  format?: AskedFormat;
  /** Ids of the live records of a kind that the source of the delivery manages. */
  live?: OpenContext['live'];
  /** The delivery is all there is: files of changes are read as complete. */
  isAll?: boolean;
  /** Called with what the delivery was opened as, before its rows are read. */
  opened?: (opened: Opened) => void;
  /** The live ids of a kind, asked for where the delivery does not carry the kind in bulk; undefined: not known. */
  known?: (kind: Kind) => Iterable<string> | AsyncIterable<string> | undefined;
  /** What else the roster holds, for a delivery that goes to one. */
  neighbours?: Neighbours;
  report?: (finding: Finding) => void;
  sink?: Sink;
  /** The present, for what lies in the future or is over; without it, nothing is said of that. */
  now?: Date;
  /** Called after each piece that was read and at the end of each file, with the counts so far. */
  progress?: (counts: readonly TableCount[]) => void;
  /** Makes the hashes of ids differ from run to run. */
  seed?: number;
  /** A second thread, which makes reading faster and changes nothing else. */
  ahead?: Ahead;
};

/**
 * Reads a bundle once, in the order in which its files need each other, and never throws for what is in it.
 * @throws Error when `format` names no format, or when the sink or a reader of bytes fails for reasons of ours.
 */
export async function check(bundle: Bundle, options: CheckOptions): Promise<CheckResult> {
  const tally = new Tally(options.profile, options.report);
  const { format, other, fault } = await expectedFormat(bundle, options.format ?? 'auto');
  for (const { rule, severity: _, fix: __, ...where } of bundle.findings)
    if (!format?.declaration || !aboutOneRoster.has(rule)) tally.add(rule, where);
  const result: CheckResult = {
    format: format?.id ?? 'unknown',
    ...(format?.declaration ? { title: format.title } : {}),
    version: undefined,
    tables: [],
    counts: tally.counts,
    rules: tally.rules,
  };
  if (!format || other || fault) {
    // Where the bundle could not even be opened, that is the finding.
    if (tally.counts.fatal === 0) {
      if (fault) {
        const { rule, severity: _, fix: __, ...where } = fault;
        tally.add(rule, where);
      } else if (other) tally.add('delivery-other-format', { message: other });
      else tally.add('manifest-missing', { message: 'The delivery holds no file of a known format' });
    }
    return result;
  }
  const { now: present, live, isAll = false } = options;
  const context = { isAll, ...(present ? { now: present } : {}), ...(live ? { live } : {}) };
  const opened = await format
    .open(bundle, tally, options.ahead, context)
    .catch((error: unknown) => takeFault(error, tally));
  if (!opened) return result;
  tally.speakAs(opened);
  options.opened?.(opened);
  result.version = opened.version;
  const directory = new Directory(options.seed, options.ahead?.heap);
  for (const { kind, mode, isUnreadable } of opened.tables) {
    directory.modes.set(kind, mode);
    if (isUnreadable) directory.unreadable.add(kind);
  }
  await loadKnown(directory, options.known);
  const neighbours = await neighbourhoods(opened.tables, directory, options, tally);
  const version = opened.version === '1.2' ? '1.2' : '1.1';
  const now = options.now?.toISOString();
  const scene = new Scene(version, directory, tally, now ? dateOf(now) : 0);
  const observerOf = watch(scene);
  for (const source of opened.tables) {
    if (source.kind === 'users') scene.roleUsers = await usersWithRoles(opened.tables, scene, options.sink);
    const context = {
      scene,
      observer: observerOf(source.kind),
      sink: options.sink,
      now,
      neighbours: neighbours.get(source.kind),
      progress: () => options.progress?.(result.tables),
    };
    await checkTable(source, new TableCheck(source, context), directory, result, options, tally);
  }
  if (tally.counts.fatal === 0) result.consequences = consequencesOf(scene);
  return result;
}

/**
 * Which kinds a bundle carries, and how, without reading its records; undefined when that cannot be told.
 */
export async function modesOf(bundle: Bundle, format: AskedFormat): Promise<Map<Kind, Mode> | undefined> {
  const tally = new Tally('default');
  const expected = await expectedFormat(bundle, format);
  if (expected.other) return undefined;
  const opened = await expected.format?.open(bundle, tally).catch((error: unknown) => takeFault(error, tally));
  return opened && tally.counts.fatal === 0 ? new Map(opened.tables.map(({ kind, mode }) => [kind, mode])) : undefined;
}

/**
 * Whom roles.csv names, read ahead of users.csv: a user without a role is left out before anything refers to them.
 * Undefined where that cannot be told: of 1.1, of changes, and of a file that is empty or has rows that cannot be read.
 */
async function usersWithRoles(
  tables: readonly TableSource[],
  { version, directory }: Scene,
  sink: Sink | undefined,
): Promise<IdSet | undefined> {
  const roles = tables.find(({ kind }) => kind === 'roles');
  if (version !== '1.2' || roles?.mode !== 'bulk') return undefined;
  const users = new IdSet(directory.seed);
  const field = fieldNames('roles').indexOf('userSourcedId');
  try {
    const isWhole = await roles.peek({
      row({ buffer, start, end, line }) {
        users.add(buffer, start[field] as number, end[field] as number, line);
      },
      drain: () => sink?.drain(),
    });
    return isWhole && users.size > 0 ? users : undefined;
  } catch (error) {
    if (error instanceof EntryFault) return undefined;
    throw error;
  }
}

/** Before any row is judged, for rows of one kind refer to records of another. */
async function neighbourhoods(
  tables: readonly TableSource[],
  directory: Directory,
  { neighbours, sink }: CheckOptions,
  tally: Tally,
): Promise<Map<Kind, Neighbourhood>> {
  const found = new Map<Kind, Neighbourhood>();
  if (!neighbours) return found;
  for (const source of tables) {
    const own = await Neighbourhood.of(source, neighbours, { directory, tally, sink });
    if (own) found.set(source.kind, own);
  }
  return found;
}

/** Said when a package is opened, and of no concern to formats whose files have other names. */
const aboutOneRoster = new Set(['zip-unknown-file', 'zip-file-name-case', 'zip-file-name-alias']);

/** An entry that cannot be read is their fault, and a finding; anything else is ours. */
function takeFault(error: unknown, tally: Tally): void {
  if (!(error instanceof EntryFault)) throw error;
  const { rule, severity: _, fix: __, ...where } = error.finding;
  tally.add(rule, where);
}

/** References of a kind that is not sent whole are looked up in the live roster too. */
async function loadKnown(directory: Directory, known: CheckOptions['known']): Promise<void> {
  if (!known) return;
  for (const kind of kinds) {
    if (directory.modes.get(kind) === 'bulk') continue;
    const live = known(kind);
    if (!live) continue;
    directory.known.add(kind);
    const ids = directory.ids(kind);
    for await (const id of live) {
      const bytes = encode(id);
      ids.add(bytes, 0, bytes.length, 0, KNOWN);
    }
  }
}

async function checkTable(
  source: TableSource,
  table: TableCheck,
  directory: Directory,
  result: CheckResult,
  options: CheckOptions,
  tally: Tally,
): Promise<void> {
  const { kind, mode } = source;
  result.tables.push(table.count);
  const { sink, progress } = options;
  if (mode !== 'absent') await sink?.table(kind, mode);
  const fatalBefore = tally.counts.fatal;
  try {
    await source.read(table);
  } catch (error) {
    takeFault(error, tally);
  }
  if (tally.counts.fatal > fatalBefore) directory.unreadable.add(kind);
  await table.finish();
  progress?.(result.tables);
  await sink?.tableDone(kind);
}
