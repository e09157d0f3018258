/** Acts on what is set up: products, districts, people and sources. */
import type { SourceMode } from '../core/calendar.ts';
import { Refusal } from '../core/refusal.ts';
import type { Profile } from '../core/rules/rule.ts';
import { accountByEmail, addAccount, type Role } from '../db/accounts.ts';
import * as districts from '../db/districts.ts';
import { createLink } from '../people/links.ts';
import { setPassword } from '../people/password.ts';
import { type ActsDeps, noted } from './deps.ts';
import { districtOf, pairOf, type Which } from './lookups.ts';

const signInLinkMs = 15 * 60_000;
const invitationMs = 24 * 3_600_000;

export function setUpActs(deps: ActsDeps) {
  const { db } = deps;
  return {
    async status() {
      return deps.status();
    },

    async addProduct({ slug, name }: { slug: string; name: string }) {
      const product = await districts.addProduct(db, { slug, name });
      await noted(db, 'product added', product.id);
      return product;
    },

    async addDistrict(district: districts.NewDistrict) {
      const added = await districts.addDistrict(db, district);
      await noted(db, 'district added', added.id);
      return added;
    },

    /** A person: of a district with `district`, else of the vendor. With a password they can come in at once. */
    async addContact(person: { email: string; name?: string; district?: string; role?: Role; password?: string }) {
      const district = person.district === undefined ? undefined : await districtOf(db, person.district);
      const role = person.role ?? (district ? 'administrator' : 'operator');
      const account = await db.tx(async (tx) => {
        const added = await addAccount(tx, {
          email: person.email,
          role,
          districtId: district?.id ?? null,
          name: person.name ?? '',
        });
        if (person.password !== undefined) await setPassword(tx, added.id, person.password);
        return added;
      });
      await noted(db, 'account added', account.id, { role });
      if (person.password !== undefined) return { id: account.id, email: account.email, role, link: null };
      const token = await createLink(db, { accountId: account.id, purpose: 'sign-in', ttlMs: invitationMs });
      return { id: account.id, email: account.email, role, link: linkTo(deps, token) };
    },

    async addSource(source: Which & NewSource) {
      const { district, product } = await pairOf(db, source);
      const roster = await districts.ensureRoster(db, district.id, product.id);
      const { kind = 'sftp', name = kind === 'sftp' ? 'SFTP' : 'Upload', format, profile, mode, trustFirst } = source;
      const given = Object.fromEntries(
        Object.entries({ format, profile, mode, trustFirst }).filter(([, value]) => value !== undefined),
      );
      const added = await districts.addSource(db, { rosterId: roster.id, kind, name, ...given });
      await noted(db, 'source added', added.id);
      return { ...sourceFacts(added), uploadPath: kind === 'sftp' ? districts.uploadPath(deps.vendor, added) : null };
    },

    async sources() {
      return (await districts.sourcesOf(db)).map((source) => ({
        ...sourceFacts(source),
        uploadPath: source.kind === 'sftp' ? districts.uploadPath(deps.vendor, source) : null,
      }));
    },

    async signInLink({ email }: { email: string }) {
      const account = await accountByEmail(db, email);
      if (!account || account.disabledAt)
        throw new Refusal('account-unknown', 404, `Nobody with the address ${email} can come in.`);
      const token = await createLink(db, { accountId: account.id, purpose: 'sign-in', ttlMs: signInLinkMs });
      await noted(db, 'sign-in link made', account.id);
      return { link: linkTo(deps, token), minutes: signInLinkMs / 60_000 };
    },
  };
}

type NewSource = {
  kind?: districts.SourceKind;
  name?: string;
  format?: string;
  profile?: Profile;
  mode?: SourceMode;
  trustFirst?: boolean;
};

const linkTo = (deps: ActsDeps, token: string): string =>
  `${deps.consoleUrl()}/sign-in?token=${encodeURIComponent(token)}`;

const sourceFacts = ({
  id,
  kind,
  name,
  format,
  profile,
  mode,
  trustFirst,
  needsFull,
  district,
  product,
}: districts.SourceRow) => ({
  id,
  kind,
  name,
  format,
  profile,
  mode,
  trustFirst,
  needsFull,
  district: district.siteCode,
  districtName: district.name,
  product: product.slug,
});
