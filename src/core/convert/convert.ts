/** Converts a delivery between OneRoster CSV 1.1 and 1.2, and says what the target cannot hold. */

import { check } from '../check.ts';
import { formats } from '../formats/index.ts';
import { RosterWriter, type TextFile } from '../formats/write-oneroster-csv.ts';
import type { Bundle, CheckResult, Finding, Sink } from '../record.ts';
import { rules } from '../rules/index.ts';
import type { Profile } from '../rules/rule.ts';
import { fileOf, type Kind, kinds, type Version } from '../tables.ts';
import { Tally } from '../tally.ts';
import { countedKind } from '../words.ts';
import { type Converter, same } from './converter.ts';
import { isAre, type Loss, Losses } from './losses.ts';
import { manifestSource } from './manifest-source.ts';
import { To11 } from './to-11.ts';
import { To12 } from './to-12.ts';

export type ConvertOptions = { to: Version; profile: Profile; format?: string; now?: Date; seed?: number };

export type Conversion = {
  from: CheckResult['version'];
  to: Version;
  /** What the delivery was read as, where that is not OneRoster. */
  title?: string;
  /** Columns and files of the delivery that its format does not read, as sentences. */
  notRead: string[];
  /** The delivery cannot be converted at all: why, as a sentence. */
  refused?: string;
  /** By kind: rows read, of them not taken as faulty, and records written. */
  tables: { kind: Kind; read: number; faulty: number; written: number }[];
  /** What the target cannot hold. */
  notCarried: Loss[];
  /** What stands otherwise in the target than in the source. */
  changed: Loss[];
  /** What to write; empty when nothing can be. */
  files: TextFile[];
};

/**
 * Checks a delivery, turns the records that are taken into the other version, and lets the check leave out what that
 * version cannot hold. Memory: about twice the size of the files.
 */
export async function convert(bundle: Bundle, options: ConvertOptions): Promise<Conversion> {
  const { to, profile, format } = options;
  const losses = new Losses(to);
  const changes = new Losses(to);
  const source = await manifestSource(bundle);
  const writer = new RosterWriter({ version: to, source });
  const deltas: Kind[] = [];
  const notRead: string[] = [];
  const version = await versionOf(bundle, options);
  const converter = converterFor(version, to, writer, losses, changes);
  const result = await check(bundle, {
    profile,
    ...(format ? { format } : {}),
    ...timeAndSeed(options),
    isAll: true,
    report: ({ rule, message }) => {
      if (unread.has(rule) && notRead.length < NOT_READ_LIMIT) notRead.push(`${message}.`);
    },
    sink: sinkOf(converter, deltas),
  });
  converter.finish();
  const { title } = result;
  const told = { ...(title === undefined ? {} : { title }), notRead };
  const conversion: Conversion = {
    from: result.version,
    to,
    ...told,
    tables: [],
    notCarried: [],
    changed: [],
    files: [],
  };
  const refused = refusal(result, deltas);
  if (refused) return { ...conversion, refused };
  const { files, written } = await fitting(writer, options, source, losses);
  return {
    ...conversion,
    tables: tablesOf(result, written),
    notCarried: losses.list(),
    changed: changes.list(),
    files,
  };
}

/** Rules that say what a format has no use for. */
const unread = new Set(['format-column-unknown', 'format-file-unknown']);
const NOT_READ_LIMIT = 100;

const timeAndSeed = ({ now, seed }: ConvertOptions) => ({
  ...(now ? { now } : {}),
  ...(seed === undefined ? {} : { seed }),
});

/** The version that the delivery is read as; only its manifest is looked at. */
async function versionOf(
  bundle: Bundle,
  { profile, format = 'auto' }: ConvertOptions,
): Promise<CheckResult['version']> {
  const found = formats.find((one) => (format === 'auto' ? one.detect(bundle) !== undefined : one.id === format));
  // What cannot be opened is reported by the check that follows.
  const opened = await found?.open(bundle, new Tally(profile)).catch(() => undefined);
  return opened?.version;
}

function converterFor(
  from: CheckResult['version'],
  to: Version,
  writer: RosterWriter,
  losses: Losses,
  changes: Losses,
): Converter {
  const read = from === '1.2' ? '1.2' : '1.1';
  if (read === to) return same(writer);
  return to === '1.2' ? new To12(writer, changes) : new To11(writer, losses, changes);
}

function sinkOf(converter: Converter, deltas: Kind[]): Sink {
  return {
    table(kind, mode) {
      if (mode === 'delta') deltas.push(kind);
      converter.table(kind);
    },
    row: (row) => converter.row(row),
    leftOut: (kind, sourcedId) => converter.leftOut(kind, sourcedId),
    drain() {},
    tableDone() {},
  };
}

function refusal(result: CheckResult, deltas: Kind[]): string | undefined {
  if (result.counts.fatal > 0)
    return 'Nothing of this delivery can be taken, so there is nothing to convert. Run homeroom check on it to see why.';
  if (deltas.length > 0)
    return `Only bulk deliveries can be converted: ${deltas.map(fileOf).join(', ')} ${isAre(deltas.length)} delta, and changes do not hold all roles of a person.`;
  return undefined;
}

/** What the other version cannot hold is left out by the check, with everything that needs it. */
async function fitting(
  made: RosterWriter,
  options: ConvertOptions,
  source: Awaited<ReturnType<typeof manifestSource>>,
  losses: Losses,
): Promise<{ files: TextFile[]; written: ReadonlyMap<string, number> }> {
  const writer = new RosterWriter({ version: options.to, source });
  const sink: Sink = {
    table() {},
    row: (row) => writer.row(row),
    leftOut: (kind, sourcedId) => writer.leaveOut(kind, sourcedId),
    drain() {},
    tableDone() {},
  };
  await check(bundleOf(made.files()), {
    profile: 'default',
    ...timeAndSeed(options),
    sink,
    report: (finding) => takeFinding(finding, losses),
  });
  const files = writer.files();
  return { files, written: new Map(files.map(({ name, rows }) => [name, rows])) };
}

function takeFinding({ rule, severity, file, column }: Finding, losses: Losses): void {
  const kind = kinds.find((one) => fileOf(one) === file);
  const costs = severity === 'error' || severity === 'fatal' || rule === 'reference-cascade';
  if (!kind || !costs) return;
  const title = rules.get(rule)?.title ?? rule;
  losses.leftOut(rule, kind, column ?? null, (count) => {
    const what = `${title.slice(0, 1).toLowerCase()}${title.slice(1)}${column ? ` (${column})` : ''}`;
    return `${countedKind(count, kind)} cannot stand in OneRoster ${losses.target} as they are: ${what}.`;
  });
}

function bundleOf(files: TextFile[]): Bundle {
  const entries = files.map(({ name, pieces }) => ({
    name,
    sizeBytes: 0,
    async *bytes() {
      yield* pieces();
    },
  }));
  return { name: 'converted', entries, findings: [] };
}

function tablesOf(result: CheckResult, written: ReadonlyMap<string, number>): Conversion['tables'] {
  return kinds.flatMap((kind) => {
    const read = result.tables.find((table) => table.kind === kind);
    const count = written.get(fileOf(kind)) ?? 0;
    if ((!read || read.mode === 'absent') && count === 0) return [];
    return [{ kind, read: read?.rows ?? 0, faulty: read?.leftOut ?? 0, written: count }];
  });
}
