/** Acts on alerts: what is so now, and who gets which. */
import { wants } from '../alert/contacts.ts';
import { alertKinds, checkKind, choosable } from '../alert/messages.ts';
import { Refusal } from '../core/refusal.ts';
import { accountByEmail } from '../db/accounts.ts';
import { type AlertRow, choose, contactsOf, listAlerts } from '../db/alerts.ts';
import * as districts from '../db/districts.ts';
import { type ActsDeps, noted } from './deps.ts';
import { chooseSource, districtOf, type Which } from './lookups.ts';

type Place = { district?: string; product?: string; source?: string };

export function alertActs(deps: ActsDeps) {
  const { db } = deps;
  return {
    /** Newest first; open ones alone unless `all`. */
    async alerts({ district, all = false, limit = 50 }: { district?: string; all?: boolean; limit?: number }) {
      const scope = district === undefined ? {} : { districtId: (await districtOf(db, district)).id };
      const isOpen = all ? undefined : true;
      const rows = await listAlerts(db, { ...scope, isOpen, limit: Math.min(Math.max(1, limit), 1000) });
      const sources = new Map((await districts.sourcesOf(db, scope)).map((source) => [source.id, source]));
      return rows.map((row) => alertFacts(row, row.sourceId === null ? undefined : sources.get(row.sourceId)));
    },

    /** Everybody who may get alerts of a district or a source, and which kinds they get. */
    async alertContacts(which: { district: string; product?: string; source?: string }) {
      const place = await placeOf(which);
      return (await contactsOf(db, place.districtId)).map((contact) => ({
        email: contact.email,
        role: contact.role,
        gets: choosable.filter((kind) => wants(contact, kind, place)),
        choices: contact.choices.filter(({ scope }) => scope === 'all' || scope === place.scope),
      }));
    },

    /** Somebody gets a kind of alert, or all, or does not; `wanted` null goes back to what their role gets. */
    async chooseAlerts({
      email,
      kind,
      wanted,
      ...which
    }: Place & { email: string; kind: string; wanted: boolean | null }) {
      const account = await accountByEmail(db, email);
      if (!account) throw new Refusal('account-unknown', 404, `There is no account with the address ${email}.`);
      checkKind(kind);
      const { scope, districtId } = await placeOf(which);
      if (account.districtId !== null && districtId !== null && account.districtId !== districtId) {
        throw new Refusal(
          'account-district',
          409,
          'This person belongs to another district and gets nothing of this one.',
        );
      }
      await choose(db, account.id, { scope, kind, wanted });
      await noted(db, 'alerts chosen', account.id, { scope, kind, wanted });
      return { email: account.email, scope, kind, wanted };
    },
  };

  async function placeOf({ district, product, source }: Place) {
    if (district === undefined) {
      if (product !== undefined || source !== undefined)
        throw new Refusal('district-missing', 400, 'Name the district too: --district');
      return { scope: 'all', districtId: null, sourceId: null };
    }
    const { id: districtId } = await districtOf(db, district);
    if (product === undefined) return { scope: `district:${districtId}`, districtId, sourceId: null };
    const which: Which = { district, product };
    const { id: sourceId } = await chooseSource(db, which, source);
    return { scope: `source:${sourceId}`, districtId, sourceId };
  }
}

const alertFacts = (row: AlertRow, source: districts.SourceRow | undefined) => ({
  id: row.id,
  kind: row.kind,
  title: alertKinds[row.kind as keyof typeof alertKinds]?.title ?? row.kind,
  district: source?.district.siteCode ?? null,
  districtName: source?.district.name ?? null,
  product: source?.product.slug ?? null,
  source: source?.name ?? null,
  sync: row.syncId,
  openedAt: row.openedAt,
  resolvedAt: row.resolvedAt,
});
