/** Reads a public key as people paste it, and says in a sentence what is wrong with one that is not taken. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { Refusal } from '../core/refusal.ts';
import type { KeyAlgorithm } from '../db/account-keys.ts';

export type PublicKey = {
  algorithm: KeyAlgorithm;
  publicKey: Buffer;
  /** `SHA256:…` */
  fingerprint: string;
  /** What stands behind the key in its line, often user@machine. */
  comment: string;
};

const longest = 16_384;
const leastRsaBits = 2048;
/** Checking a signature of a longer one takes so much time that it would be a way to keep us busy. */
const mostRsaBits = 8192;
const algorithms: ReadonlySet<string> = new Set<KeyAlgorithm>([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);
const curves: Record<string, string> = {
  'ecdsa-sha2-nistp256': 'prime256v1',
  'ecdsa-sha2-nistp384': 'secp384r1',
  'ecdsa-sha2-nistp521': 'secp521r1',
};

/**
 * @param text one line of a `.pub` or `authorized_keys` file, or a key in the form of RFC 4716.
 * @throws Refusal `key-private`, `key-type`, `key-weak`, `key-unreadable`; none of them repeats the text.
 */
export function readPublicKey(text: string): PublicKey {
  const pasted = text.trim();
  if (isPrivate(pasted)) {
    throw new Refusal(
      'key-private',
      400,
      'This is a private key. It was not kept, but it has left your computer: make a new pair, and paste the public half, the file that ends in .pub.',
    );
  }
  if (pasted.length > longest) throw unreadable();
  refuseOtherKinds(pasted);
  const parsed = parse(pasted);
  if (!algorithms.has(parsed.type)) throw unreadable();
  const algorithm = parsed.type as KeyAlgorithm;
  checkStrength(algorithm, keyObject(parsed.getPublicPEM()));
  const publicKey = parsed.getPublicSSH();
  const fingerprint = `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;
  return {
    algorithm,
    publicKey,
    fingerprint,
    comment: parsed.comment
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 100),
  };
}

/** In any of the forms in which programs write them, also with its first line lost. */
function isPrivate(text: string): boolean {
  return /PRIVATE KEY|PuTTY-User-Key-File|Private-Lines:|openssh-key-v1/i.test(text) || /b3BlbnNzaC1rZXkt/.test(text);
}

function refuseOtherKinds(text: string): void {
  const taken = 'Keys that are taken: ed25519, ecdsa, and rsa of 2,048 bits and more.';
  if (/-cert-v0\d@openssh\.com/.test(text)) {
    throw new Refusal('key-type', 400, `This is a certificate, not a public key. ${taken}`);
  }
  if (/^(ssh-dss|sk-)/.test(text)) {
    throw new Refusal('key-type', 400, `Keys of this type are not taken. ${taken}`);
  }
  const [, first = ''] = /^([^\s,="]+)[,="]/.exec(text) ?? [];
  if (/^(from|command|restrict|environment|no-|permit|cert-authority|expiry-time|principals|tunnel)/.test(first)) {
    throw new Refusal('key-options', 400, 'Paste the key alone, without the options that stand before it in the line.');
  }
  if (text.split(/\r?\n/).filter((line) => /^(ssh-|ecdsa-)/.test(line.trim())).length > 1) {
    throw new Refusal('key-many', 400, 'These are several keys. Add them one after the other.');
  }
}

function parse(text: string): ssh2.ParsedKey {
  let parsed: ssh2.ParsedKey | ssh2.ParsedKey[] | Error;
  try {
    parsed = ssh2.utils.parseKey(asLine(text));
  } catch {
    throw unreadable();
  }
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!key || key instanceof Error || key.isPrivateKey()) throw unreadable();
  return key;
}

/** PuTTYgen saves keys in the form of RFC 4716, whose headers ssh2 does not get past: the same key as OpenSSH writes it. */
function asLine(text: string): string {
  const body = /^---- BEGIN SSH2 PUBLIC KEY ----\r?\n([\s\S]*?)\r?\n---- END SSH2 PUBLIC KEY ----$/.exec(text)?.[1];
  if (body === undefined) return text;
  const unfolded = body.replace(/\\\r?\n/g, '');
  const base64 = unfolded.replace(/^[\x21-\x7e]{1,64}: .*$/gm, '').replace(/\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  const comment = /^Comment: "?(.*?)"?\r?$/im.exec(unfolded)?.[1] ?? '';
  return `${bytes.toString('latin1', 4, 4 + Math.min(length, 64))} ${base64} ${comment}`.trim();
}

function keyObject(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw unreadable();
  }
}

function checkStrength(algorithm: KeyAlgorithm, key: KeyObject): void {
  const { modulusLength = 0, publicExponent = 0n, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (algorithm === 'ssh-rsa') {
    if (modulusLength >= leastRsaBits && modulusLength <= mostRsaBits && publicExponent >= 3n) return;
    throw new Refusal(
      'key-weak',
      400,
      `This rsa key has ${modulusLength.toLocaleString('en')} bits; ${leastRsaBits.toLocaleString('en')} to ${mostRsaBits.toLocaleString('en')} are taken. An ed25519 key is shorter and stronger: ssh-keygen -t ed25519`,
    );
  }
  if (algorithm !== 'ssh-ed25519' && namedCurve !== curves[algorithm]) throw unreadable();
}

const unreadable = () =>
  new Refusal(
    'key-unreadable',
    400,
    'This cannot be read as a public key. Paste the one line of the file that ends in .pub; it begins with ssh-ed25519, ecdsa-sha2-… or ssh-rsa.',
  );
