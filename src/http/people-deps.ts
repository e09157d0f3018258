/** What the pages about people, the own account and the audit log need from the house. */

import type { Role } from './deps.ts';

/** Who asks, and from which network address; the house decides what they may. */
export type Actor = { id: string; role: Role; districtId: string | null; address: string };
/** Who is signed in with which session: for what people do with their own account. */
export type Self = {
  account: { id: string; email: string; role: Role; districtId: string | null };
  address: string;
  session: string;
};

export type PersonFacts = {
  id: string;
  email: string;
  name: string;
  role: Role;
  district: { id: string; siteCode: string; name: string } | null;
  createdAt: Date;
  disabledAt: Date | null;
  hasPassword: boolean;
  passwordSetAt: Date | null;
  passwordUsedAt: Date | null;
  /** Until when the password of before is good over SFTP, and when it last was used there. */
  formerPasswordUntil: Date | null;
  formerPasswordUsedAt: Date | null;
  hasSecondFactor: boolean;
  keys: number;
  /** Until when the newest link that sets a password is good. */
  linkUntil: Date | null;
};

export type KeyFacts = {
  id: string;
  algorithm: string;
  /** `SHA256:…` */
  fingerprint: string;
  name: string;
  createdAt: Date;
  /** Account that registered it; null: the command line. */
  createdBy: string | null;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
};

export type AuditFacts = {
  id: string;
  at: Date;
  /** Who; null when it was nobody who is known, or the command line. */
  email: string | null;
  address: string | null;
  act: string;
  object: string | null;
  /** What the object is called, where it is something that is still there. */
  about: { kind: 'district' | 'source' | 'person' | 'product' | 'sync' | 'webhook'; id: string; name: string } | null;
  detail: Record<string, unknown>;
};

export type AuditQuery = {
  accountId?: string | undefined;
  districtId?: string | undefined;
  act?: string | undefined;
  object?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
  /** Id of the last row already seen. */
  before?: string | undefined;
  limit: number;
};

export type NewPerson = { email: string; name?: string | undefined; role: Role; districtId: string | null };

/** Refusals are thrown as `Refusal`; every act is noted in the audit log by the house. */
export type PeopleDeps = {
  /** Whose password a link sets. Nothing is used up. */
  lookAtLink(link: {
    token: string;
    address: string;
  }): Promise<{ email: string; purpose: 'invitation' | 'reset'; expiresAt: Date }>;
  /** Sets the password; `account` when they are signed in with that, null when they are to sign in with a code. */
  usePasswordLink(link: { token: string; password: string; address: string }): Promise<{
    email: string;
    account: { id: string; email: string; role: Role; districtId: string | null } | null;
  }>;
  /** Answers at once, and alike, whether there is such an account or not. */
  askReset(asked: { email: string; address: string }): void;

  own(accountId: string): Promise<PersonFacts & { recoveryCodesLeft: number }>;
  changePassword(self: Self, change: { current: string; password: string; overlapHours: number }): Promise<void>;
  endOtherSessions(self: Self): Promise<void>;
  beginSecondFactor(self: Self, given: { password: string }): Promise<{ uri: string; secret: string }>;
  /** @returns recovery codes. */
  confirmSecondFactor(self: Self, given: { code: string }): Promise<string[]>;
  removeSecondFactor(self: Self, given: { password: string; code: string }): Promise<void>;

  people(
    actor: Actor,
    range: { districtId?: string | undefined; after?: string | undefined; limit: number },
  ): Promise<PersonFacts[]>;
  person(actor: Actor, id: string): Promise<PersonFacts>;
  invite(actor: Actor, person: NewPerson): Promise<{ id: string }>;
  inviteAgain(actor: Actor, id: string): Promise<void>;
  sendReset(actor: Actor, id: string): Promise<void>;
  changeAddress(actor: Actor, change: { id: string; email: string }): Promise<void>;
  changePerson(actor: Actor, change: { id: string; role?: Role; name?: string }): Promise<void>;
  disable(actor: Actor, id: string): Promise<void>;
  enable(actor: Actor, id: string): Promise<void>;
  remove(actor: Actor, id: string): Promise<void>;
  takeSecondFactorAway(actor: Actor, id: string): Promise<void>;

  keys(actor: Actor, accountId: string): Promise<KeyFacts[]>;
  addKey(
    actor: Actor,
    key: { accountId: string; text: string; name?: string; expiresAt?: Date | null },
  ): Promise<KeyFacts>;
  removeKey(actor: Actor, key: { accountId: string; id: string }): Promise<void>;

  audit(actor: Actor, query: AuditQuery): Promise<AuditFacts[]>;
};

/** Sign-in with the vendor's own OpenID Connect provider. */
export type ProviderDeps = {
  /** What the button calls it. */
  name: string;
  /** Where the browser goes, and what its cookie keeps until it comes back. */
  begin(next: string): Promise<{ url: string; cookie: string }>;
  /** @param query what the provider has added to the address. */
  finish(
    query: URLSearchParams,
    cookie: string,
    address: string,
  ): Promise<{ account: { id: string; email: string; role: Role; districtId: string | null }; next: string }>;
};
