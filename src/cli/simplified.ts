/** `homeroom add simplified`: the educators and students of one school from two workbooks, once. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Kind, kinds } from '../core/tables.ts';
import { countedKind } from '../core/words.ts';
import { dataOption, outputOption } from './options.ts';
import { act } from './people.ts';

type Flags = { district: string; product: string; trial?: boolean; output: 'text' | 'json'; data?: string };

export function addSimplified(): Command {
  return new Command('simplified')
    .description(
      'add the educators and students of one school from Simplified workbooks; the records are your own, not those of a source',
    )
    .argument('<files...>', 'the two workbooks, or a zip or folder with them')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--trial', 'only say what would be added')
    .addOption(outputOption())
    .addOption(dataOption())
    .action((files: string[], { district, product, trial: isTrial = false, ...flags }: Flags) =>
      act(
        flags,
        (acts) => acts.addSimplified({ district, product, paths: files.map((file) => resolve(file)), isTrial }),
        ({ added, known, remarks }) =>
          [
            `${isTrial ? 'Would add' : 'Added'} ${listed(added) || 'nothing'}.${listed(known) ? ` There already: ${listed(known)}.` : ''}`,
            ...remarks.map((remark) => `- ${remark}`),
          ].join('\n'),
      ),
    );
}

const listed = (counts: Partial<Record<Kind, number>>): string =>
  kinds.flatMap((kind) => (counts[kind] ? [countedKind(counts[kind], kind)] : [])).join(', ');
