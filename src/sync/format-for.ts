/** The format that deliveries of a source are read by: one of ours, one that a product has changed, or a mapping. */

import { changedDeclaration } from '../core/formats/changed.ts';
import type { Declaration } from '../core/formats/declared/declaration.ts';
import { declaredFormat } from '../core/formats/declared/declared-format.ts';
import { formats } from '../core/formats/index.ts';
import type { AskedFormat } from '../core/formats/recognise.ts';
import { Refusal } from '../core/refusal.ts';
import type { Db } from '../db/db.ts';
import type { SourceRow } from '../db/districts.ts';
import { formatsInUse, formatVersion } from '../db/format-versions.ts';
import { faultText, parseMapping } from '../package/mapping-yaml.ts';

type Named = { format: string; product: Pick<SourceRow['product'], 'slug'> };

export const isMapping = (format: string): boolean => format.startsWith('mapping:');

/** Under what name versions of a source's format are kept. */
export const versionsOf = ({ format, product }: Named): string =>
  isMapping(format) ? format : `${format}@${product.slug}`;

/**
 * A format of ours by its id, where nothing was changed of it.
 * @param version another one than that which counts.
 * @throws Refusal `mapping-unknown`, `format-version`, `format-change`, `mapping-faulty`
 */
export async function formatFor(db: Db, source: Named, version?: number): Promise<AskedFormat> {
  const { format } = source;
  if (format === 'auto') return formatsOf(db, source.product.slug);
  const kept = await formatVersion(db, versionsOf(source), version ?? null);
  if (version !== undefined && !kept)
    throw new Refusal('format-version', 404, `There is no version ${version} of ${versionsOf(source)}.`);
  if (kept) return declaredFormat(declarationFrom(format, kept.content));
  if (!isMapping(format)) return format;
  throw new Refusal(
    'mapping-unknown',
    409,
    `There is no mapping ${format.slice('mapping:'.length)} in use. See: homeroom mapping list`,
  );
}

/** All formats of ours, with what a product changes of them: what is recognised by its columns knows its columns too. */
async function formatsOf(db: Db, product: string): Promise<AskedFormat> {
  const inUse = new Map((await formatsInUse(db, product)).map(({ format, content }) => [format, content]));
  if (inUse.size === 0) return 'auto';
  return formats.map((format) => {
    const content = inUse.get(versionsOf({ format: format.id, product: { slug: product } }));
    return content === undefined ? format : declaredFormat(declarationFrom(format.id, content));
  });
}

/** What a version says, as a declaration. @throws Refusal `mapping-faulty`, `format-change`, `format-unknown` */
export function declarationFrom(format: string, content: string): Declaration {
  if (!isMapping(format)) return changedDeclaration(declarationOf(format), JSON.parse(content));
  const { declaration, faults } = parseMapping(content, format);
  if (declaration) return declaration;
  throw new Refusal('mapping-faulty', 400, `The mapping has faults: ${faults.map(faultText).join('; ')}.`);
}

/** @throws Refusal `format-unknown`: OneRoster's columns are the standard's and nobody's to change. */
export function declarationOf(format: string): Declaration {
  const declaration = formats.find(({ id }) => id === format)?.declaration;
  if (declaration) return declaration;
  const ids = formats.flatMap(({ id, declaration: own }) => (own ? [id] : []));
  throw new Refusal(
    'format-unknown',
    404,
    `${format} is no format whose columns can be changed. Those are ${ids.join(', ')}.`,
  );
}
