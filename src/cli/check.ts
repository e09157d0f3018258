/** `homeroom check PATH`: everything that is wrong with a delivery, on this machine alone. */
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { check } from '../core/check.ts';
import { checkForProduct } from '../core/product-check.ts';
import { products } from '../core/profiles/index.ts';
import type { Profile } from '../core/rules/rule.ts';
import { exitCode, formatOption, nowAndSeed, productOption, profileOption, withDelivery } from './delivery.ts';
import { gather, type Output, outputs } from './findings.ts';

type Options = { format: string; profile: Profile; product?: string; output: Output };

export function checkCommand(): Command {
  return new Command('check')
    .summary('check a roster delivery; no server, nothing leaves this machine')
    .description(
      'Checks a roster delivery: a zip, a folder, or CSV files. Nothing leaves this machine.\n\nExit code: 0 no errors, 1 errors, 2 unreadable or wrong usage.',
    )
    .argument('<path...>', 'a zip, a folder, or one or more CSV files')
    .addOption(formatOption())
    .addOption(profileOption())
    .addOption(productOption('also say what the product would not take'))
    .addOption(
      new Option('--output <kind>', 'what to print; html is one page that needs nothing else')
        .choices(outputs)
        .default('text'),
    )
    .action(run);
}

async function run(paths: string[], options: Options): Promise<void> {
  const product = options.product === undefined ? undefined : products.get(options.product);
  const asked = [
    ...(options.profile === 'default' ? [] : [`${options.profile} profile`]),
    ...(product ? [`for ${product.title}`] : []),
  ];
  const found = gather(options.output, asked.join(', '));
  try {
    const result = await withDelivery(paths, (bundle, ahead) => {
      const { report, sink } = found;
      const how = {
        profile: options.profile,
        format: options.format,
        report,
        ...(sink ? { sink } : {}),
        ...nowAndSeed(),
        ...(ahead ? { ahead } : {}),
      };
      return product ? checkForProduct(bundle, product, how) : check(bundle, how);
    });
    await found.print(basename(paths[0] as string), result);
    process.exitCode = exitCode(result);
  } finally {
    found.close();
  }
}
