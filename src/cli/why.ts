/** `homeroom why USER CLASS`: why somebody is, or is not, in a class. */
import { Command } from 'commander';
import { dataOption, outputOption, printJson } from './options.ts';
import { withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { district: string; product: string; output: 'text' | 'json'; data?: string };

export function whyCommand(): Command {
  return new Command('why')
    .summary('say why a person is, or is not, in a class')
    .description(
      'Says why a person is, or is not, in a class: when they came and went, by which delivery or person, what its file says, and what the last deliveries say of them. It reads the files that are kept.\n\nExit code: 0, or 2 when there is no such person or class.',
    )
    .argument('<user>', 'sourcedId, username, identifier or email address')
    .argument('<class>', 'sourcedId, classCode or title')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(user: string, klass: string, { output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  const answer = await withActs(config, (acts) => acts.why({ user, class: klass, ...which }), { worker: false });
  if (output === 'json') printJson(answer);
  else process.stdout.write(`${answer.sentences.join('\n')}\n`);
}
