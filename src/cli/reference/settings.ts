/** Writes the page of all settings from their rows in config.ts. */
import { settings } from '../../config.ts';
import { code, markdownTable, plain, writtenFrom } from './markdown.ts';

export function settingsPage(): string {
  const rows = Object.values(settings).map((setting) => [
    code(setting.env),
    'flag' in setting ? code(setting.flag) : '',
    setting.kind === 'integer' ? 'whole number' : setting.kind,
    setting.default === '' ? '(empty)' : code(setting.default),
    plain(setting.doc),
  ]);
  return `# Settings

${writtenFrom('src/config.ts')}

Settings come from the environment. Some have a flag of \`homeroom serve\` as well, which wins over the environment. No
setting is needed to start.

${markdownTable(['variable', 'flag', 'kind', 'default', 'what it is'], rows)}
`;
}
