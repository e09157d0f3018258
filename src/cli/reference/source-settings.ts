/** Writes the page of the settings of a source from their declarations. */
import { type SourceSetting, sourceSettings } from '../../core/source-settings.ts';
import { code, markdownTable, plain, writtenFrom } from './markdown.ts';

export function sourceSettingsPage(): string {
  const all = Object.entries(sourceSettings) as unknown as [string, SourceSetting][];
  const rows = all.map(([name, { form, default: fallback, doc, kinds }]) => [
    code(name),
    form.looks,
    code(form.show(fallback)),
    kinds ? kinds.join(', ') : '',
    doc.includes('`') ? doc : plain(doc),
  ]);
  return `# Settings of a source

${writtenFrom('src/core/source-settings.ts')}

A source is one way by which a roster arrives. These settings say how its deliveries are judged, and when. They are shown
and changed with [\`homeroom set source\`](commands.md), in the console, or with \`GET\` and \`PATCH\` of
\`/api/console/sources/ID/settings\`. What each hold means is in [Holds](../guide/holds.md).

A threshold with kinds can have a value of its own for one of them: \`removedShare.users\`. A threshold can be given for a
time, with an end and a reason; after that day the value before holds again by itself. Whatever a person changes is in the
audit log, with what it was before.

${markdownTable(['setting', 'value', 'default', 'own value for', 'what it is'], rows)}
`;
}
