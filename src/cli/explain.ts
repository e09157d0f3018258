/** `homeroom explain RULE`: what a rule of the report means, and what to do about it. */
import { Command } from 'commander';
import { explain, explanationText, nearestRules } from '../core/rules/explain.ts';
import { rules } from '../core/rules/index.ts';
import { CommandError } from './fail.ts';
import { outputOption, printJson } from './options.ts';
import { painter } from './paint.ts';

export function explainCommand(): Command {
  return new Command('explain')
    .summary('explain a rule that a report names')
    .description(
      'Explains a rule that a report names: what is wrong, how severe it is, why it matters and how to put it right.\n\nExit code: 0, or 2 when there is no such rule.',
    )
    .argument('<rule>', 'the name of the rule, as the report writes it')
    .addOption(outputOption())
    .action((id: string, { output }: { output: 'text' | 'json' }) => {
      const rule = rules.get(id);
      if (!rule) throw new CommandError(unknown(id));
      if (output === 'json') printJson(explain(rule));
      else process.stdout.write(explanationText(rule, painter(process.stdout)));
    });
}

function unknown(id: string): string {
  const near = nearestRules(id);
  const hint = near.length === 0 ? 'The page docs/rules.md lists them all.' : `Near to it: ${near.join(', ')}.`;
  return `There is no rule "${id}". ${hint}`;
}
