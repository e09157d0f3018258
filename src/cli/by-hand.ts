/** `homeroom add|edit|archive|reactivate|release KIND …`: records that people keep themselves, beside what sources send. */
import { Command } from 'commander';
import { rosterKinds } from '../core/tables.ts';
import { CommandError } from './fail.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { district: string; product: string; output: 'text' | 'json'; data?: string };
type Done = Awaited<ReturnType<PlainActs['addRecord']>>;
type Setting = { set?: string[] };
type Seeing = { seen?: string };

const kindList = `one of ${rosterKinds.join(', ')}`;
const codes = '\n\nExit code: 0 done, 2 not; then nothing was changed.';

/** `homeroom add record KIND`; what `homeroom add` does when it is followed by a kind. */
export function addRecord(): Command {
  return place(new Command('record').argument('<kind>', kindList))
    .description(`add a record that no source sends. The word \`record\` may be left out: \`add users …\`${codes}`)
    .requiredOption(
      '--set <field=value>',
      'a value; may be given several times. Without sourcedId, one is made',
      gather,
    )
    .action(async (kind: string, { set, ...flags }: Flags & Setting) => {
      const input = { kind, set: valuesOf(set), ...whichOf(flags) };
      await act(
        flags,
        (acts) => acts.addRecord(input),
        (done) => `Added ${named(done.record)}.`,
      );
    });
}

export function editCommand(): Command {
  return seeing(record(new Command('edit')))
    .summary('change values of a record that was added by hand')
    .description(
      `Changes values of a record that was added by hand. What a source sends is changed in the SIS; see also \`homeroom release\`.${codes}`,
    )
    .requiredOption('--set <field=value>', 'a value; may be given several times. field= makes it blank', gather)
    .action(async (kind: string, sourcedId: string, { set, seen, ...flags }: Flags & Setting & Seeing) => {
      const input = { kind, sourcedId, set: valuesOf(set), ...seenOf(seen), ...whichOf(flags) };
      await act(
        flags,
        (acts) => acts.editRecord(input),
        (done) => `Changed ${named(done.record)}.`,
      );
    });
}

export function archiveCommand(): Command {
  return seeing(record(new Command('archive')))
    .summary('archive a record that was added by hand')
    .description(
      `Archives a record that was added by hand. It is kept for a while, and its sourcedId and username stay taken; \`homeroom reactivate\` brings it back. Not while other records need it.${codes}`,
    )
    .action(async (kind: string, sourcedId: string, { seen, ...flags }: Flags & Seeing) => {
      const input = { kind, sourcedId, ...seenOf(seen), ...whichOf(flags) };
      await act(
        flags,
        (acts) => acts.archiveRecord(input),
        (done) => `Archived ${named(done.record)}.`,
      );
    });
}

export function reactivateCommand(): Command {
  return record(new Command('reactivate'))
    .summary('bring back an archived record that was added by hand')
    .description(`Brings back an archived record that was added by hand, with the values that it had.${codes}`)
    .action(async (kind: string, sourcedId: string, flags: Flags) => {
      const input = { kind, sourcedId, ...whichOf(flags) };
      await act(
        flags,
        (acts) => acts.reactivateRecord(input),
        (done) => `${named(done.record)} is active again.`,
      );
    });
}

export function releaseCommand(): Command {
  return seeing(record(new Command('release')))
    .summary("take a record out of its source's care, so that people keep it")
    .description(
      `Takes a record out of its source's care: people keep it from then on, and deliveries that still name it leave it as it is. With --back it is handed back, and the next delivery that names it takes it over.${codes}`,
    )
    .option('--back', 'hand a released record back to the SIS')
    .action(async (kind: string, sourcedId: string, { seen, back, ...flags }: Flags & Seeing & { back?: boolean }) => {
      const input = { kind, sourcedId, ...whichOf(flags) };
      if (back) {
        const sentence = ({ record }: Done) =>
          `Handed back ${named(record)}: the next delivery that names it takes it over.`;
        return act(flags, (acts) => acts.handBackRecord(input), sentence);
      }
      const released = ({ record }: Done) => `Released ${named(record)}: people keep it now, whatever the SIS sends.`;
      await act(flags, (acts) => acts.releaseRecord({ ...input, ...seenOf(seen) }), released);
    });
}

const record = (command: Command): Command =>
  place(command.argument('<kind>', kindList).argument('<sourcedId>', 'the id of the record'));

const seeing = (command: Command): Command =>
  command.option(
    '--seen <time>',
    'the dateLastModified of the record that you looked at; refused when it has changed since',
  );

function place(command: Command): Command {
  return command
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .addOption(outputOption())
    .addOption(dataOption());
}

const gather = (value: string, all: string[] = []): string[] => [...all, value];
const whichOf = ({ district, product }: Flags) => ({ district, product });
const seenOf = (seen: string | undefined): Seeing => (seen === undefined ? {} : { seen });

function valuesOf(set: string[] = []): Record<string, string> {
  return Object.fromEntries(
    set.map((each) => {
      const at = each.indexOf('=');
      if (at < 1) throw new CommandError(`--set takes field=value, for example --set givenName=Ada, not "${each}".`);
      return [each.slice(0, at), each.slice(at + 1)];
    }),
  );
}

const named = ({ kind, sourcedId }: Done['record']): string => `${kind} ${sourcedId}`;

async function act(
  { output, data }: Flags,
  work: (acts: PlainActs) => Promise<Done>,
  sentence: (done: Done) => string,
): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  const done = await withActs(config, work, { worker: false });
  if (output === 'json') return printJson(done);
  process.stdout.write(`${[sentence(done), ...done.remarks.map((remark) => `Note: ${remark}`)].join('\n')}\n`);
}
