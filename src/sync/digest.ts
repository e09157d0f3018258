/** The daily digest: what is new since yesterday, for each person in one mail, and none when there is nothing. */
import { footerFor } from '../alert/alerts.ts';
import { wants } from '../alert/contacts.ts';
import { duesBefore } from '../alert/due.ts';
import { letter } from '../alert/letter.ts';
import { isMailAddress, queueMail } from '../alert/mail.ts';
import { localDateOf } from '../core/local-date.ts';
import { rules } from '../core/rules/index.ts';
import { counted, thousands } from '../core/words.ts';
import { addAlert, allContacts, type Contact, toldOf } from '../db/alerts.ts';
import type { Db } from '../db/db.ts';
import type { SourceRow } from '../db/districts.ts';
import { heldOf, newsOf, type RuleNow, rulesAsOf, type SourceNews } from '../db/watch.ts';
import { lateSources } from './lateness.ts';
import type { WatchDeps } from './watch.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
/** Districts that one mail speaks of. */
const districtsShown = 40;
const rulesShown = 5;
/** A digest that could not be sent for so long is not sent any more. */
const lateMs = 12 * 3_600_000;

/** Sends what is due and was not sent yet. */
export async function sendDigests(deps: WatchDeps, sources: SourceRow[], now: Date): Promise<void> {
  const due = await dueDigests(deps, sources, now);
  if (due.length === 0) return;
  const said = new Map<string, Promise<SourceDigest[]>>();
  for (const digest of due) {
    const own = sources.filter((source) => isFor(digest.person, source));
    const parts: SourceDigest[] = [];
    for (const districtId of new Set(own.map(({ district }) => district.id))) {
      const key = `${districtId} ${digest.from.getTime()} ${digest.to.getTime()}`;
      const ofDistrict = sources.filter(({ district }) => district.id === districtId);
      if (!said.has(key)) said.set(key, districtDigest(deps.db, ofDistrict, digest.from, digest.to, now));
      const wanted = new Set(own.map(({ id }) => id));
      parts.push(...((await said.get(key)) ?? []).filter(({ source }) => wanted.has(source.id)));
    }
    await send(deps, digest, parts, now);
  }
}

type Due = { person: Contact; day: string; from: Date; to: Date };

/** For each person the span that ended at their last time for it, unless they had it. */
async function dueDigests(deps: WatchDeps, sources: SourceRow[], now: Date): Promise<Due[]> {
  const schedule = { days: everyDay, time: deps.digestTime, timeZone: null };
  const zones = new Map(sources.map(({ district }) => [district.id, district.timeZone]));
  const due: Due[] = [];
  for (const person of await allContacts(deps.db)) {
    const zone = (person.districtId && zones.get(person.districtId)) ?? deps.timeZone;
    const [to, from] = duesBefore(schedule, zone, now, 2);
    const isDue = to && now.getTime() - to.getTime() < lateMs;
    if (isDue && from && person.createdAt < to) due.push({ person, day: localDateOf(to, zone), from, to });
  }
  const told = await toldOf(deps.db, 'digest', [...new Set(due.map(({ day }) => day))]);
  return due.filter(({ person, day }) => !told.has(`account:${person.id} ${day}`));
}

const isFor = (person: Contact, { id, district }: SourceRow): boolean =>
  (person.districtId === null || person.districtId === district.id) &&
  wants(person, 'digest', { districtId: district.id, sourceId: id });

type SourceDigest = { source: SourceRow; deliveries: number; waiting: number; isLate: boolean; lines: string[] };

async function districtDigest(db: Db, sources: SourceRow[], from: Date, to: Date, now: Date): Promise<SourceDigest[]> {
  const [first] = sources;
  if (!first) return [];
  const districtId = first.district.id;
  const news = Map.groupBy(await newsOf(db, districtId, from, to), ({ sourceId }) => sourceId);
  const held = await heldOf(db, districtId);
  const late = await lateSources(db, sources, now, { districtId });
  const parts: SourceDigest[] = [];
  for (const source of sources) {
    const own = news.get(source.id) ?? [];
    const waiting = held.get(source.id) ?? 0;
    const sentence = late.get(source.id);
    if (own.length === 0 && waiting === 0 && sentence === undefined) continue;
    const lines = [
      ...(own.length > 0
        ? [`${source.product.name}, ${source.name}: ${statesOf(own)}.`]
        : [`${source.product.name}, ${source.name}:`]),
      ...(waiting > 0 ? [`${counted(waiting, 'delivery waits', 'deliveries wait')} for a decision.`] : []),
      ...(sentence === undefined ? [] : [`${sentence}`]),
      ...(own.length > 0 ? await findingLines(db, source, from, to) : []),
    ];
    const deliveries = own.reduce((sum, { count }) => sum + count, 0);
    parts.push({ source, deliveries, waiting, isLate: sentence !== undefined, lines });
  }
  return parts;
}

/** `2 applied, 1 held` */
const statesOf = (news: SourceNews[]): string =>
  news
    .toSorted((a, b) => b.count - a.count || (a.state < b.state ? -1 : 1))
    .map(({ state, count }) => `${thousands(count)} ${state}`)
    .join(', ');

/** By the identity of rules: which faults the last delivery has that the last one before yesterday had not, and the reverse. */
async function findingLines(db: Db, source: SourceRow, from: Date, to: Date): Promise<string[]> {
  const now = await rulesAsOf(db, source, to);
  const then = await rulesAsOf(db, source, from);
  if (!now || !then || now.syncId === then.syncId) return [];
  const has = (list: RuleNow[], { rule }: RuleNow) => list.some((each) => each.rule === rule);
  return [
    ...ruleLines(
      'New finding',
      now.rules.filter((each) => !has(then.rules, each)),
    ),
    ...ruleLines(
      'Fixed',
      then.rules.filter((each) => !has(now.rules, each)),
    ),
  ];
}

const severities = ['fatal', 'error', 'warning', 'info'];

function ruleLines(word: string, list: RuleNow[]): string[] {
  const sorted = list.toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.count - a.count,
  );
  const lines = sorted
    .slice(0, rulesShown)
    .map(({ rule, count }) => `${word}: ${rules.get(rule)?.title ?? rule} (${counted(count, 'row')}).`);
  const more = sorted.length - lines.length;
  return more > 0 ? [...lines, `And ${counted(more, 'more kind')}.`] : lines;
}

async function send(deps: WatchDeps, { person, day }: Due, parts: SourceDigest[], now: Date): Promise<void> {
  await deps.db.tx(async (tx) => {
    const id = await addAlert(tx, {
      subject: `account:${person.id}`,
      kind: 'digest',
      occasion: day,
      districtId: person.districtId,
      sourceId: null,
      syncId: null,
      at: now,
      isOver: true,
    });
    if (id === undefined || parts.length === 0 || !isMailAddress(person.email)) return;
    const byDistrict = [...Map.groupBy(parts, ({ source }) => source.district.id).values()];
    const shown = byDistrict.slice(0, districtsShown).map(districtLines);
    const more = byDistrict.length - shown.length;
    const [only] = person.districtId === null ? [] : parts;
    const mail = letter({
      about: only ? only.source.district.name : 'Homeroom',
      state: stateOf(parts, byDistrict.length),
      paragraphs: [
        'What is new since yesterday.',
        ...shown,
        ...(more > 0 ? [`And ${counted(more, 'more district')}.`] : []),
      ],
      link: only ? `${deps.desk.consoleUrl()}/districts/${only.source.district.id}` : `${deps.desk.consoleUrl()}/`,
      footer: footerFor(person, only?.source.district.name),
    });
    await queueMail(tx, { to: person.email, at: now, ...mail });
  });
}

const districtLines = (parts: SourceDigest[]): string =>
  [parts[0]?.source.district.name ?? '', ...parts.flatMap(({ lines }) => lines)].join('\n');

/** `since yesterday 14 deliveries of 9 districts, 2 wait for you` */
function stateOf(parts: SourceDigest[], districts: number): string {
  const sum = (pick: (part: SourceDigest) => number) => parts.reduce((total, part) => total + pick(part), 0);
  const waiting = sum(({ waiting }) => waiting);
  const late = sum(({ isLate }) => Number(isLate));
  const count = sum(({ deliveries }) => deliveries);
  const where = districts > 1 ? ` of ${counted(districts, 'district')}` : '';
  return [
    ...(count > 0 ? [`since yesterday ${counted(count, 'delivery', 'deliveries')}${where}`] : []),
    ...(waiting > 0 ? [`${thousands(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for you`] : []),
    ...(late > 0 ? [`${counted(late, 'source')} late`] : []),
  ].join(', ');
}
