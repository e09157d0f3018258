/** Writes the page of all commands from the tree that the command line itself runs. */
import type { Argument, Command, Option } from 'commander';
import { code, markdownTable, plain, writtenFrom } from './markdown.ts';

export function commandsPage(root: Command): string {
  return `# Commands

${writtenFrom('the commands in src/cli')}

In a clone of the repository, \`homeroom\` is \`npm run --silent homeroom --\`. Every command takes \`--help\`.

A command ends with exit code 0 when it did what it was asked, and with 2 when it was used wrongly or something could not
be read; the reason is a sentence on standard error. Other codes are named with their command.

${all(root)
  .map((command) => commandText(command))
  .join('\n')}`;
}

/** The commands that do something, by way of the groups that they stand in. */
function all(command: Command): Command[] {
  const own = command.commands.filter((each) => each.name() !== 'help');
  return own.flatMap((each) => (each.commands.length > 0 ? all(each) : [each]));
}

function commandText(command: Command): string {
  const name = fullName(command);
  const argumentRows = command.registeredArguments.map((argument) => [
    code(argumentName(argument)),
    plain(about(argument)),
  ]);
  const optionRows = command.options
    .filter((option) => !option.hidden)
    .map((option) => [code(option.flags), plain(about(option)), defaultOf(option)]);
  const parts = [
    `## ${name}`,
    paragraphs(command.description()),
    `\`\`\`\n${[name, ...command.registeredArguments.map(argumentName), ...(optionRows.length > 0 ? ['[options]'] : [])].join(' ')}\n\`\`\``,
    ...(argumentRows.length > 0 ? [markdownTable(['argument', 'what it is'], argumentRows)] : []),
    ...(optionRows.length > 0 ? [markdownTable(['option', 'what it does', 'default'], optionRows)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

/** Descriptions begin in lower case where they stand in a list; here they are sentences. */
function paragraphs(description: string): string {
  const text = plain(description.trim());
  const sentence = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return /[.!?:]$/.test(sentence) ? sentence : `${sentence}.`;
}

function argumentName(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function about({ description, argChoices }: Argument | Option): string {
  return argChoices ? `${description}${description ? ': ' : ''}${argChoices.join(', ')}` : description;
}

function defaultOf(option: Option): string {
  if (option.mandatory) return 'needed';
  const { defaultValue, defaultValueDescription } = option;
  if (defaultValueDescription !== undefined) return plain(defaultValueDescription);
  return defaultValue === undefined || defaultValue === false ? '' : code(String(defaultValue));
}
