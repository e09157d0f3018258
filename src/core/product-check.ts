/** Checks a delivery against what one product takes, on top of the rules of the standard. */

import { type CheckOptions, check } from './check.ts';
import { ProductUsers } from './product-users.ts';
import type { ProductProfile } from './profiles/product.ts';
import type { Bundle, CheckResult, Row, Sink } from './record.ts';
import { itemsOf, textsOf } from './row-texts.ts';
import { show } from './show.ts';
import { fileOf, type Kind, kinds, tableOf } from './tables.ts';
import { Tally, worse } from './tally.ts';
import { countedKind } from './words.ts';

/**
 * As `check`, with findings of the product's rules among the others. They leave nothing out: the roster takes what
 * OneRoster allows, and the product's remarks stand beside it.
 */
export async function checkForProduct(
  bundle: Bundle,
  product: ProductProfile,
  options: CheckOptions,
): Promise<CheckResult> {
  const tally = new Tally(options.profile, options.report);
  const sink = new ProductSink(product, tally, options.sink);
  const result = await check(bundle, {
    ...options,
    sink,
    opened(opened) {
      tally.speakAs(opened);
      options.opened?.(opened);
    },
  });
  if (result.counts.fatal === 0) sink.finish(result);
  for (const severity of ['fatal', 'error', 'warning', 'info'] as const)
    result.counts[severity] += tally.counts[severity];
  for (const [rule, found] of Object.entries(tally.rules)) {
    const known = result.rules[rule];
    if (!known) result.rules[rule] = found;
    else {
      known.count += found.count;
      if (worse(found.severity, known.severity)) known.severity = found.severity;
    }
  }
  return result;
}

/** Looks at every record that is taken, and hands it on. */
class ProductSink implements Sink {
  #product: ProductProfile;
  #tally: Tally;
  #inner: Sink | undefined;
  #users: ProductUsers;
  #orgTypes = new Map<string, number>();
  /** Columns that the product needs of every record, where the vendor has said so; those of people are looked at with them. */
  #needed = new Map<Kind, string[]>();

  constructor(product: ProductProfile, tally: Tally, inner: Sink | undefined) {
    this.#product = product;
    this.#tally = tally;
    this.#inner = inner;
    this.#users = new ProductUsers(product, tally);
    for (const { kind, field, need, confidence } of product.columns)
      if (kind !== 'users' && need === 'required' && confidence === 'own')
        this.#needed.set(kind, [...(this.#needed.get(kind) ?? []), field]);
  }

  table(kind: Kind, mode: 'bulk' | 'delta'): void | Promise<void> {
    return this.#inner?.table(kind, mode);
  }

  row(row: Row): void {
    if (row.kind === 'orgs') this.#org(row);
    else if (row.kind === 'users') this.#users.user(row);
    else if (row.kind === 'roles') this.#role(row);
    const needed = this.#needed.get(row.kind);
    if (needed) this.#need(row, needed);
    this.#inner?.row(row);
  }

  leftOut(kind: Kind, sourcedId: string): void {
    if (kind === 'users') this.#users.leftOut(sourcedId);
    this.#inner?.leftOut(kind, sourcedId);
  }

  drain(): void | Promise<void> {
    return this.#inner?.drain();
  }

  tableDone(kind: Kind): void | Promise<void> {
    return this.#inner?.tableDone(kind);
  }

  finish({ tables, version }: CheckResult): void {
    this.#users.finish();
    const { title, orgTypes, files } = this.#product;
    for (const [type, count] of this.#orgTypes)
      this.#tally.add('product-record-not-used', {
        file: 'orgs.csv',
        column: 'type',
        value: show(type),
        message: `${countedKind(count, 'orgs')} of type ${show(type)}: ${title} takes ${orgTypes.value.join(' and ')}`,
      });
    // A delta may leave out any file; so may a delivery that holds no bulk file at all.
    if (tables.some(({ mode }) => mode === 'delta') || tables.length === 0) return;
    for (const kind of kinds) {
      const need = files.value[kind];
      const isSent = tables.some((table) => table.kind === kind && table.mode !== 'absent');
      const isKnown = version !== undefined && version !== '1.0' && tableOf(kind).versions.includes(version);
      if (!need || isSent || !isKnown) continue;
      const optional = need === 'optional';
      this.#tally.add('product-file-missing', {
        file: fileOf(kind),
        message: `${fileOf(kind)} is not in the delivery, and ${title} ${optional ? 'can use it' : 'needs it'}`,
        ...(optional ? ({ severity: 'info' } as const) : {}),
      });
    }
  }

  #org(row: Row): void {
    const { sourcedId, type = '' } = textsOf(row);
    if (type === 'school') this.#users.schools.add(sourcedId);
    if (!this.#product.orgTypes.value.includes(type)) this.#orgTypes.set(type, (this.#orgTypes.get(type) ?? 0) + 1);
  }

  #need(row: Row, needed: readonly string[]): void {
    const texts = textsOf(row);
    if (texts.status === 'tobedeleted') return;
    for (const field of needed)
      if (texts[field] === undefined)
        this.#tally.add('product-field-missing', {
          file: fileOf(row.kind),
          line: row.line,
          column: field,
          key: show(texts.sourcedId),
          message: `${field} is blank, and ${this.#product.title} needs it`,
        });
  }

  #role(row: Row): void {
    const { userSourcedId = '', role = '', orgSourcedId = '' } = textsOf(row);
    this.#users.role(userSourcedId, role, itemsOf(orgSourcedId));
  }
}
