/** Writes the page of the settings of an API from their declarations, and of what is known of each system. */
import { type PullSetting, pullSettings } from '../../core/pull-settings.ts';
import { elsewhere, presets } from '../../pull/presets/index.ts';
import { code, markdownTable, plain, writtenFrom } from './markdown.ts';

export function apiSettingsPage(): string {
  const all = Object.entries(pullSettings) as unknown as [string, PullSetting][];
  const rows = all.map(([name, { form, default: fallback, doc }]) => [
    code(name),
    form.looks,
    form.show(fallback) === '' ? '' : code(form.show(fallback)),
    doc.includes('`') ? doc : plain(doc),
  ]);
  const known = presets.map(({ id, title, known: by, settings, hints }) => [
    code(id),
    title,
    by,
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

A preset sets what differs from the defaults; everything can be set otherwise. \`homeroom probe\` recognises a system by the
address or the token address that was pasted, or by its answers. Many systems run under a host of the district's own that
says nothing of them: then \`--preset\` names it, or the probe finds out what the preset would have set.

${markdownTable(['preset', 'system', 'recognised by', 'sets', 'to know'], known)}

${elsewhere.map(({ title, known: by, instead }) => `**${title}** (${by}): ${instead}`).join('\n\n')}
`;
}
