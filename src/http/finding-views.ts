/** Findings as pages show them: by rule with their first rows, what is new since the delivery before, and what a search finds. */

import type { Severity } from '../core/record.ts';
import { rules } from '../core/rules/index.ts';
import type { Account, HttpDeps, RuleCount } from './deps.ts';
import { findingsFor } from './views.ts';

/** Rows shown under a rule before anybody asks for more. */
const firstRows = 3;
const searchPage = 50;
const severities: readonly Severity[] = ['fatal', 'error', 'warning', 'info'];

/** Findings by rule, worst first and then by number of rows, each with its words and its first rows. */
export async function rulesView(deps: HttpDeps, account: Account, syncId: string, onlyNew: boolean) {
  // What is new takes a while for a hundred thousand findings; the page asks for it by itself and does not wait.
  const news = onlyNew ? await deps.findingNews(syncId) : null;
  const counts = [...(await deps.ruleCounts(syncId))].sort(worstFirst);
  const shown = onlyNew ? counts.filter(({ rule }) => (news?.added[rule] ?? 0) > 0) : counts;
  const fresh = onlyNew
    ? Map.groupBy(
        await deps.firstNewFindings(
          syncId,
          shown.map(({ rule }) => rule),
          firstRows,
        ),
        ({ rule }) => rule,
      )
    : undefined;
  return {
    rules: await Promise.all(
      shown.map(async ({ rule, severity, count }) => {
        const range = { rule, limit: firstRows, offset: 0 };
        const first = fresh ? (fresh.get(rule) ?? []) : await deps.findings(syncId, range);
        const words = rules.get(rule);
        return {
          rule,
          severity,
          count,
          /** How many of them the delivery before had not; null where that was not asked. */
          added: news ? (news.added[rule] ?? 0) : null,
          title: words?.title ?? first[0]?.message ?? rule,
          why: words?.why ?? '',
          fix: words?.fix ?? first[0]?.fix ?? '',
          rows: findingsFor(account, first),
        };
      }),
    ),
  };
}

/** What is new since the delivery before, by rule, and what is fixed; null when there is none before. */
export async function newsView(deps: HttpDeps, syncId: string) {
  const news = await deps.findingNews(syncId);
  return { news: news && { ...news, fixed: news.fixed.map((each) => ({ ...each, title: titleOf(each.rule) })) } };
}

const titleOf = (rule: string): string => rules.get(rule)?.title ?? rule;

/** A page of what a search finds. People who see no pupil data cannot find out by searching what they are not shown. */
export async function searchView(
  deps: HttpDeps,
  account: Account,
  syncId: string,
  { words, only, page }: { words: string; only?: 'new' | undefined; page: number },
) {
  const wanted = words.toLowerCase();
  const ofWords = [...rules.values()].filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(wanted));
  const search = { words, rules: ofWords.map(({ id }) => id), placesOnly: account.role === 'viewer' };
  const range = { limit: searchPage, offset: (page - 1) * searchPage };
  const { total, rows } = await deps.findFindings(syncId, { search, onlyNew: only === 'new' }, range);
  return {
    page,
    pageSize: searchPage,
    total,
    rows: findingsFor(account, rows).map((row) => ({ ...row, title: titleOf(row.rule) })),
  };
}

function worstFirst(a: RuleCount, b: RuleCount): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.count - a.count || a.rule.localeCompare(b.rule)
  );
}
