/** Secrets that have to be read again (of webhooks, of other servers) are encrypted before they are stored. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export type Vault = {
  /** @param about what the secret belongs to, such as `webhook:<id>`: opened under another name it cannot be read. */
  seal(secret: string, about: string): Buffer;
  /** @throws VaultError when it was changed, belongs to something else, or was sealed with another key. */
  open(sealed: Uint8Array, about: string): string;
};

export class VaultError extends Error {}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM: a byte of version, a random nonce, the secret, the tag.
 * @param key the 32 bytes of the archive's key, from which the vault's own derives.
 */
export function openVault(key: Uint8Array): Vault {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'homeroom secrets 1', 32));
  return {
    seal(secret, about) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', own, nonce);
      cipher.setAAD(Buffer.from(about));
      const sealed = [cipher.update(secret, 'utf8'), cipher.final()];
      return Buffer.concat([Buffer.of(version), nonce, ...sealed, cipher.getAuthTag()]);
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 1 + nonceBytes + tagBytes || bytes[0] !== version) throw unreadable();
      const nonce = bytes.subarray(1, 1 + nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', own, nonce, { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(about));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const secret = decipher.update(bytes.subarray(1 + nonceBytes, -tagBytes));
        return Buffer.concat([secret, decipher.final()]).toString('utf8');
      } catch {
        throw unreadable();
      }
    },
  };
}

const unreadable = () => new VaultError('A stored secret cannot be read: it was changed, or sealed with another key.');
