/** How a client shows who it is: by password, or by a public key that was registered before. */

import { timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type PublicKeyAuthContext } from 'ssh2';
import { Refusal } from '../core/refusal.ts';
import type { AuditEntry, SftpAccount, SftpDeps, SftpKey, SftpLimits } from './deps.ts';

export type SigningInContext = Pick<SftpDeps, 'signIn' | 'keysOf' | 'signInWithKey' | 'log'> & {
  limits: Pick<SftpLimits, 'attempts'>;
  address: string;
  audit(entry: AuditEntry): void;
  /** Ends the connection. */
  end(): void;
  welcome(account: SftpAccount): void;
};

/** Passwords, keys and everything else that is tried on one connection; a client offers every key of its agent. */
const authRequestsLimit = 30;
/** What may come next after a refusal. */
const methods: ('publickey' | 'password')[] = ['publickey', 'password'];
/** By type of the key; signatures of RSA keys with SHA-1 are not taken. */
const hashes: ReadonlyMap<string, readonly (string | undefined)[]> = new Map([
  ['ssh-ed25519', [undefined]],
  ['ecdsa-sha2-nistp256', [undefined]],
  ['ecdsa-sha2-nistp384', [undefined]],
  ['ecdsa-sha2-nistp521', [undefined]],
  ['ssh-rsa', ['sha256', 'sha512']],
] as [string, (string | undefined)[]][]);

/** @returns what answers each request of a connection to be let in. */
export function signingIn(context: SigningInContext): (auth: AuthContext) => void {
  let tries = 0;
  let requests = 0;

  function letIn(auth: AuthContext, account: SftpAccount, how: { key?: string }): void {
    context.welcome(account);
    auth.accept();
    context.audit({ accountId: account.id, address: context.address, act: 'sftp sign in', detail: how });
  }
  function refuse(auth: AuthContext): void {
    auth.reject(methods);
    if (tries >= context.limits.attempts) context.end();
  }

  async function byPassword(auth: AuthContext & { method: 'password' }): Promise<void> {
    const account = await context.signIn(auth.username, auth.password, context.address).catch(undefinedFor(context));
    if (account) letIn(auth, account, {});
    else refuse(auth);
  }

  async function byKey(auth: PublicKeyAuthContext): Promise<void> {
    const key = isTaken(auth) ? await registered(auth, context) : undefined;
    // The client asks first whether a key would do, and signs only then.
    if (key && auth.signature === undefined) return auth.accept();
    if (auth.signature !== undefined) tries++;
    const account =
      key && isSigned(auth, key)
        ? await context.signInWithKey(key, context.address).catch(undefinedFor(context))
        : undefined;
    if (account && key) letIn(auth, account, { key: key.fingerprint });
    else refuse(auth);
  }

  return (auth) => {
    if (++requests > authRequestsLimit || auth.username.length > 320) return context.end();
    if (auth.method === 'publickey') return void byKey(auth).catch(() => context.end());
    // A request to change the password comes with something else than text.
    if (auth.method !== 'password' || typeof auth.password !== 'string' || auth.password.length > 1024)
      return auth.reject(methods);
    if (++tries > context.limits.attempts) return context.end();
    void byPassword(auth).catch(() => context.end());
  };
}

/** Who may not come in is nobody; that asking failed is a fault of ours, and lets nobody in either. */
function undefinedFor({ log }: SigningInContext): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof Refusal)) log.error({ err: error }, 'sftp sign in');
  };
}

const isTaken = ({ key, hashAlgo }: PublicKeyAuthContext): boolean => hashes.get(key.algo)?.includes(hashAlgo) === true;

async function registered(auth: PublicKeyAuthContext, context: SigningInContext): Promise<SftpKey | undefined> {
  const keys = await context.keysOf(auth.username);
  return keys.find(
    ({ publicKey }) =>
      publicKey.length === auth.key.data.length &&
      timingSafeEqual(publicKey, auth.key.data) &&
      // Under another name its signature would be checked by other rules.
      typeOf(publicKey) === auth.key.algo,
  );
}

/** Checked with the key that was registered, not with the one that was sent. */
function isSigned({ signature, blob, hashAlgo }: PublicKeyAuthContext, { publicKey }: SftpKey): boolean {
  if (!signature || !blob) return false;
  const known = ssh2.utils.parseKey(`${typeOf(publicKey)} ${publicKey.toString('base64')}`);
  return !(known instanceof Error) && known.verify(blob, signature, hashAlgo) === true;
}

const typeOf = (publicKey: Buffer): string => publicKey.toString('latin1', 4, 4 + publicKey.readUInt32BE(0));
