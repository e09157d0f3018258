/** Writes the page of the settings of an API from their declarations, and of what is known of each system. */
import { type PullSetting, pullSettings } from '../../core/pull-settings.ts';
import { presets } from '../../pull/presets/index.ts';
import { code, markdownTable, plain, writtenFrom } from './markdown.ts';

export function apiSettingsPage(): string {
  const all = Object.entries(pullSettings) as unknown as [string, PullSetting][];
  const rows = all.map(([name, { form, default: fallback, doc }]) => [
    code(name),
    form.looks,
    form.show(fallback) === '' ? '' : code(form.show(fallback)),
    doc.includes('`') ? doc : plain(doc),
  ]);
  const known = presets.map(({ id, title, settings, hints }) => [
    code(id),
    title,
    Object.entries(settings)
      .map(([name, value]) => code(`${name}=${value === true ? 'yes' : value === false ? 'no' : value}`))
      .join(', '),
    hints.join(' '),
  ]);
  return `# Settings of an API

${writtenFrom('src/core/pull-settings.ts and src/pull/presets')}

A source of the kind \`api\` pulls its roster. These settings say how; \`homeroom probe\` finds most of them out. They are
given to \`homeroom add source --kind api\` and shown and changed with \`homeroom set api\`, as \`--setting name=value\`, or with
\`GET\` and \`PATCH\` of \`/api/console/sources/ID/api\`. The guide is [Pulling from an API](../guide/api-pull.md).

${markdownTable(['setting', 'value', 'default', 'what it is'], rows)}

## What is known of systems

A preset sets what differs from the defaults; everything can be set otherwise. \`homeroom probe\` recognises systems by their
addresses where that is possible.

${markdownTable(['preset', 'system', 'sets', 'to know'], known)}
`;
}
