/** What the server can do when it is asked in earnest: page sizes, offsets, sorting, filters, changes. */
import { type CollectionName, collections } from '../core/rest/collections.ts';
import { apiWords } from '../core/rest/words.ts';
import { thousands } from '../core/words.ts';
import { rowsOf } from './answer.ts';
import type { Client, Query } from './client.ts';
import { keyOf } from './page.ts';
import type { Step } from './probe.ts';
import type { CollectionReport, Remark } from './probe-collections.ts';
import { PullTrouble } from './trouble.ts';

export type Answered = 'yes' | 'ignored' | 'refused' | 'not known';

export type Abilities = {
  /** On which collection it was tried. */
  collection: CollectionName;
  /** Most records that came at once; null when the collection is too small to tell. */
  pageLimit: number | null;
  /** The server says how many records there are; it gives links. */
  totals: boolean;
  links: boolean;
  offset: Answered;
  sort: Answered;
  filter: Answered;
  changes: Answered;
  remarks: Remark[];
};

const largePage = 5000;
/** Nothing is changed after this. */
const future = '2999-01-01T00:00:00.000Z';

export async function abilitiesOf(
  name: CollectionName,
  client: Client,
  seen: CollectionReport,
  signal: AbortSignal,
  step: Step,
): Promise<Abilities> {
  const ask = async (query: Query) => {
    try {
      const { path } = collections[name];
      return rowsOf(await client.get(client.urlOf(path, query), signal, 3), collections[name]);
    } catch (error) {
      if (error instanceof PullTrouble) return undefined;
      throw error;
    }
  };
  const remarks: Remark[] = [];
  const remark = (rule: string) => {
    remarks.push({
      rule,
      collection: name,
      words: `${apiWords(rule, { kind: collections[name].kind, field: '', count: 1 })}.`,
    });
  };
  const paging = step('paging', 'Pages');
  const large = await ask([
    ['limit', String(largePage)],
    ['offset', '0'],
  ]);
  const came = large?.rows.length ?? 0;
  const isCapped = large !== undefined && came < largePage && (large.total ?? seen.count ?? 0) > came;
  const pageLimit = isCapped ? came : came >= largePage ? largePage : null;
  if (isCapped) remark('api-page-capped');
  const offset = await offsetOf(ask, seen.rows);
  if (offset === 'ignored') remark('api-offset-ignored');
  paging(
    offset === 'yes' ? 'ok' : 'odd',
    `${pageLimit === null ? 'All records came at once' : `Up to ${thousands(pageLimit)} records come at once`}; ${seen.count === null ? 'the server does not say how many there are' : 'the server says how many there are'}.`,
  );
  const sorting = step('sort', 'Sorting');
  const sort = await sortOf(ask);
  if (sort !== 'yes' && sort !== 'not known') remark('api-sort-ignored');
  sorting(sort === 'yes' ? 'ok' : 'odd', answers[sort]);
  const filtering = step('filter', 'Filters');
  const filter = await filterOf(ask, [`status='norecords'`, `status='active'`]);
  filtering(filter === 'yes' ? 'ok' : 'odd', answers[filter]);
  const changing = step('changes', 'Changes since a day');
  const changes = await filterOf(ask, [`dateLastModified>'${future}'`, `dateLastModified>'2000-01-01'`]);
  if (changes === 'ignored' || changes === 'refused') remark('api-filter-ignored');
  changing(
    changes === 'yes' ? 'ok' : 'odd',
    changes === 'yes'
      ? 'Changes can be asked for, so nights pull those alone.'
      : `${answers[changes]} Everything is pulled every night.`,
  );
  return {
    collection: name,
    pageLimit,
    totals: seen.count !== null,
    links: seen.hasLink,
    offset,
    sort,
    filter,
    changes,
    remarks,
  };
}

const answers: Record<Answered, string> = {
  yes: 'The server does it.',
  ignored: 'The server takes the question and ignores it.',
  refused: 'The server refuses the question.',
  'not known': 'There are too few records to tell.',
};

type Ask = (query: Query) => Promise<ReturnType<typeof rowsOf> | undefined>;

async function offsetOf(ask: Ask, rows: number): Promise<Answered> {
  if (rows < 3) return 'not known';
  const [first, second] = [
    await ask([
      ['limit', '2'],
      ['offset', '0'],
    ]),
    await ask([
      ['limit', '2'],
      ['offset', '1'],
    ]),
  ];
  if (!first || !second) return 'refused';
  const [a, b] = [first.rows.map(keyOf), second.rows.map(keyOf)];
  return a[1] === b[0] ? 'yes' : a[0] === b[0] ? 'ignored' : 'not known';
}

async function sortOf(ask: Ask): Promise<Answered> {
  const sorted = (orderBy: string): Query => [
    ['limit', '20'],
    ['offset', '0'],
    ['sort', 'sourcedId'],
    ['orderBy', orderBy],
  ];
  const [up, down] = [await ask(sorted('asc')), await ask(sorted('desc'))];
  if (!up || !down) return 'refused';
  if (up.rows.length < 2) return 'not known';
  if (up.warnings.length > 0) return 'ignored';
  return keyOf(up.rows[0]) === keyOf(down.rows[0]) ? 'ignored' : 'yes';
}

/** One question that nothing answers, and one that something does. */
async function filterOf(ask: Ask, [none = '', some = '']: string[]): Promise<Answered> {
  const page = (filter: string) =>
    ask([
      ['limit', '5'],
      ['offset', '0'],
      ['filter', filter],
    ]);
  const [empty, filled] = [await page(none), await page(some)];
  if (!empty || !filled) return 'refused';
  if (empty.rows.length > 0) return 'ignored';
  return filled.rows.length > 0 ? 'yes' : 'not known';
}
