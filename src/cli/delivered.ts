/** `homeroom delivery SYNC`: writes a delivery as it was received, or as it was pulled. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { dataOption, outputOption } from './options.ts';
import { act } from './people.ts';

type Flags = { out: string; output: 'text' | 'json'; data?: string };

export function deliveryCommand(): Command {
  return new Command('delivery')
    .summary('write a delivery as it was received, or as it was pulled')
    .description(
      'Writes the delivery of a sync, byte for byte, for as long as deliveries are kept. What was pulled from an API is a zip of OneRoster CSV, which `homeroom check` and `homeroom diff` read as any other. The audit log notes it.\n\nExit code: 0 written, 2 not.',
    )
    .argument('<sync>', 'id of the sync, as `homeroom history` shows it')
    .requiredOption('--out <file>', 'the file to write; only this user may read it')
    .addOption(outputOption())
    .addOption(dataOption())
    .action((sync: string, { out, ...flags }: Flags) =>
      act(
        flags,
        (acts) => acts.delivered({ sync, out: resolve(out) }),
        ({ name }) => `Wrote ${out}, which came as ${name}.`,
      ),
    );
}
