/** Secrets that have to be read again (of webhooks, second factors, other servers) are encrypted before they are stored. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keys of 32 bytes, the current one first; the others may still have encrypted what is there. Changes when keys rotate. */
export type KeyRing = { all(): readonly Uint8Array[] };

export type Vault = {
  /** @param about what the secret belongs to, such as `webhook:<id>`: opened under another name it cannot be read. */
  seal(secret: string, about: string): Buffer;
  /** @throws VaultError when it was changed, belongs to something else, or was sealed with another key. */
  open(sealed: Uint8Array, about: string): string;
  /** Whether it was sealed with the current key. */
  isCurrent(sealed: Uint8Array): boolean;
};

export class VaultError extends Error {}

const version = 1;
const idBytes = 4;
const headBytes = 1 + idBytes;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM: a byte of version, the id of the key, a random nonce, the secret, the tag.
 * @param key the 32 bytes of the archive's key, from which the vault's own derives, or a ring of such keys.
 */
export function openVault(key: Uint8Array | KeyRing): Vault {
  const keys = () => (key instanceof Uint8Array ? [key] : key.all()).map(ownKey);
  const current = () => keys()[0] as OwnKey;
  return {
    seal(secret, about) {
      const { id, own } = current();
      const head = Buffer.concat([Buffer.of(version), id]);
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', own, nonce);
      cipher.setAAD(Buffer.concat([head, Buffer.from(about)]));
      return Buffer.concat([head, nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < headBytes + nonceBytes + tagBytes || bytes[0] !== version) throw unreadable();
      const head = bytes.subarray(0, headBytes);
      const found = keys().find(({ id }) => id.equals(head.subarray(1)));
      if (!found) throw unreadable();
      const nonce = bytes.subarray(headBytes, headBytes + nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', found.own, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.concat([head, Buffer.from(about)]));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const secret = decipher.update(bytes.subarray(headBytes + nonceBytes, -tagBytes));
        return Buffer.concat([secret, decipher.final()]).toString('utf8');
      } catch {
        throw unreadable();
      }
    },
    isCurrent: (sealed) => Buffer.from(sealed.subarray(1, headBytes)).equals(current().id),
  };
}

type OwnKey = { id: Buffer; own: Buffer };

function ownKey(key: Uint8Array): OwnKey {
  const derived = (use: string, bytes: number) => Buffer.from(hkdfSync('sha256', key, '', use, bytes));
  return { id: derived('homeroom key id 1', idBytes), own: derived('homeroom secrets 1', 32) };
}

const unreadable = () => new VaultError('A stored secret cannot be read: it was changed, or sealed with another key.');
