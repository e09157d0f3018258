/** Sign-in of the vendor's people with their own OpenID Connect provider: code flow with PKCE, state and nonce. */
import * as oidc from 'openid-client';
import { SettingError } from '../config.ts';
import { Refusal } from '../core/refusal.ts';
import { type Account, accountById } from '../db/accounts.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { accountOfSubject } from '../db/people.ts';
import type { Log } from '../log.ts';
import { type Vault, VaultError } from '../vault.ts';

export type ProviderOptions = {
  db: Db;
  vault: Vault;
  /** `https://…`; empty: there is no provider. Without TLS only on this machine. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the button calls it. */
  name: string;
  /** Address of the console by the settings, without a slash at the end. */
  consoleUrl(): string;
  log: Log;
  now(): Date;
};

export type Provider = {
  name: string;
  begin(next: string): Promise<{ url: string; cookie: string }>;
  finish(query: URLSearchParams, cookie: string, address: string): Promise<{ account: Account; next: string }>;
};

const returnPath = '/api/console/sign-in/provider/return';
const place = 'cookie provider';
const patienceMs = 10 * 60_000;
const timeoutSeconds = 10;

type Kept = { state: string; nonce: string; verifier: string; next: string; at: number };

/**
 * @returns null without an issuer.
 * @throws SettingError when the settings cannot be used.
 */
export function createProvider(options: ProviderOptions): Provider | null {
  if (options.issuer === '') return null;
  const issuer = issuerOf(options.issuer);
  if (options.clientId === '')
    throw new SettingError('HOMEROOM_OIDC_CLIENT_ID is missing: the provider gives one out.');
  const configuration = remembered(() => discover(issuer, options));
  const redirectUri = () => `${options.consoleUrl()}${returnPath}`;
  return {
    name: options.name,
    async begin(next) {
      const config = await reached(configuration(), options.log);
      const kept: Kept = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        next,
        at: options.now().getTime(),
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri(),
        scope: 'openid email',
        code_challenge: await oidc.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        state: kept.state,
        nonce: kept.nonce,
      });
      return { url: url.href, cookie: options.vault.seal(JSON.stringify(kept), place).toString('base64url') };
    },
    async finish(query, cookie, address) {
      const kept = opened(options, cookie);
      const config = await reached(configuration(), options.log);
      const returned = new URL(redirectUri());
      returned.search = query.toString();
      const person = await vouchedFor(config, returned, kept, options.log).catch((error: unknown) =>
        refused(options.db, address, error),
      );
      const account = await accountFor(options, person).catch((error: unknown) => refused(options.db, address, error));
      return { account, next: kept.next };
    },
  };
}

function issuerOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere)) return url;
  throw new SettingError('HOMEROOM_OIDC_ISSUER must begin with https://, for example https://login.example.org');
}

function discover(issuer: URL, { clientId, clientSecret }: ProviderOptions): Promise<oidc.Configuration> {
  const execute = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
  return oidc.discovery(issuer, clientId, clientSecret || undefined, clientSecret ? undefined : oidc.None(), {
    execute,
    timeout: timeoutSeconds,
  });
}

/** Asked once; again when it did not work. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    if (!asked) {
      const asking = ask();
      asking.catch(() => {
        if (asked === asking) asked = undefined;
      });
      asked = asking;
    }
    return asked;
  };
}

async function reached(configuration: Promise<oidc.Configuration>, log: Log): Promise<oidc.Configuration> {
  try {
    return await configuration;
  } catch (error) {
    log.warn({ code: (error as { code?: unknown }).code }, 'the provider for signing in did not answer');
    throw new Refusal(
      'provider-unreachable',
      502,
      'The provider for signing in did not answer. Try again in a minute.',
    );
  }
}

/** What the browser brought back is ours, and not old. */
function opened(options: ProviderOptions, cookie: string): Kept {
  const started = () =>
    new Refusal('provider-expired', 400, 'This sign-in was begun elsewhere or too long ago. Begin it again.');
  let kept: Kept;
  try {
    kept = JSON.parse(options.vault.open(Buffer.from(cookie, 'base64url'), place)) as Kept;
  } catch (error) {
    if (error instanceof VaultError) throw started();
    throw error;
  }
  if (options.now().getTime() - kept.at > patienceMs) throw started();
  return kept;
}

type Vouched = { subject: string; email: string };

/** Exchanges the code and reads who it is; some providers tell the address only when they are asked for it. */
async function vouchedFor(config: oidc.Configuration, returned: URL, kept: Kept, log: Log): Promise<Vouched> {
  try {
    const tokens = await oidc.authorizationCodeGrant(config, returned, {
      pkceCodeVerifier: kept.verifier,
      expectedState: kept.state,
      expectedNonce: kept.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('no claims');
    const facts =
      typeof claims.email === 'string' && claims.email_verified !== undefined
        ? claims
        : await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    const { email, email_verified: isVerified } = facts;
    if (typeof email !== 'string' || isVerified !== true) {
      throw new Refusal('provider-unverified', 403, 'The provider has not verified the address of this person.');
    }
    return { subject: claims.sub, email };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const code = (error as { code?: unknown; error?: unknown }).error ?? (error as { code?: unknown }).code;
    log.warn({ code: typeof code === 'string' ? code.slice(0, 60) : undefined }, 'a sign-in with the provider failed');
    if (code === 'access_denied') {
      throw new Refusal(
        'provider-denied',
        403,
        'The provider did not let this person in, or the sign-in was given up.',
      );
    }
    throw new Refusal('provider-failed', 403, 'The sign-in with the provider did not work. Begin it again.');
  }
}

async function accountFor({ db }: ProviderOptions, person: Vouched): Promise<Account> {
  const found = await accountOfSubject(db, person);
  const account = found && (await accountById(db, found.id));
  if (account?.role === 'owner' || account?.role === 'operator') return account;
  throw new Refusal(
    'provider-unknown',
    403,
    'The provider knows this person, but there is no account of the vendor for them here. An owner can invite them.',
  );
}

async function refused(db: Db, address: string, error: unknown): Promise<never> {
  if (error instanceof Refusal) {
    await audit(db, { address, act: 'sign in refused', detail: { way: 'provider', why: error.code } });
  }
  throw error;
}
