/** Fits the SFTP door to the house: who may come in from where, what is theirs, and what becomes of a file. */
import type { Config } from '../config.ts';
import { Refusal } from '../core/refusal.ts';
import { keysByEmail, touchKey } from '../db/account-keys.ts';
import { type Account, accountById } from '../db/accounts.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { sourceById, sourcesOf, uploadPath } from '../db/districts.ts';
import { allNetworks, networksOf } from '../db/networks.ts';
import { unprocessed } from '../db/turns.ts';
import type { Shared } from '../doors.ts';
import { isWithin } from '../people/networks.ts';
import { signIn } from '../people/sign-in.ts';
import type { SftpDeps } from '../sftp/deps.ts';
import type { HostKey } from '../sftp/host-keys.ts';

/** What the SFTP door needs. */
export function sftpDeps(
  { db, archive, inbox, tests, vendor, reportsDir, now, log }: Shared,
  place: { host: string; port: number; hostKeys: HostKey[]; stagingDir: string; config: Config },
): SftpDeps {
  const { config, ...rest } = place;
  return {
    ...rest,
    limits: {
      fileBytes: config.uploadLimitBytes,
      folderBytes: config.sftpFolderLimitBytes,
      folderFiles: config.sftpFolderLimitFiles,
      connections: config.sftpConnectionsLimit,
      connectionsPerAddress: config.sftpConnectionsPerAddress,
      idleMs: config.sftpIdleMs,
    },
    quietMs: config.quietMs,
    log,
    async signIn(email, password, address) {
      return admitted(db, await signIn(db, { email, password, address }), address);
    },
    keysOf: (email) => keysByEmail(db, email, now()),
    /** A key cannot be guessed: nobody is kept out by the passwords that others have tried. */
    async signInWithKey(key, address) {
      const account = await accountById(db, key.accountId);
      if (!account || account.disabledAt)
        throw new Refusal('sign-in-refused', 401, 'This key lets nobody in any more.');
      await admitted(db, account, address);
      await touchKey(db, key.id, now());
      return account;
    },
    async foldersOf({ accountId, address }) {
      const account = await accountById(db, accountId);
      if (!account || account.disabledAt) return [];
      const networks = await allNetworks(db);
      const sources = await sourcesOf(db, account.districtId ? { districtId: account.districtId } : {});
      return sources
        .filter(({ kind, district }) => kind === 'sftp' && isWithin(networks.get(district.id) ?? [], address))
        .map((source) => ({
          sourceId: source.id,
          path: uploadPath(vendor, source),
          reportsDir: reportsDir(source.id),
        }));
    },
    async receive({ sourceId, name, files, accountId, address }) {
      const source = await sourceById(db, sourceId);
      if (!source) throw new Error(`Source ${sourceId} is not there any more.`);
      const [first, ...more] = files;
      const what = first && more.length === 0 ? first : { name, files };
      await inbox.receive({ source, ...what, accountId, address });
    },
    follow: (path) => archive.follow(path),
    async receiveTest({ sourceId, name, files, accountId, address }) {
      await tests.take({ sourceId, name, files });
      await audit(db, { accountId, address, act: 'sftp test file', object: sourceId, detail: { files: files.length } });
    },
    unprocessedOf: (sourceId) => unprocessed(db, sourceId),
    audit: (entry) => audit(db, entry),
  };
}

/** @throws Refusal `network-not-allowed`, which is noted; the client hears no more than that it may not come in. */
async function admitted(db: Db, account: Account, address: string): Promise<Account> {
  if (account.districtId === null || isWithin(await networksOf(db, account.districtId), address)) return account;
  await audit(db, { accountId: account.id, address, act: 'sftp denied', object: 'network', detail: {} });
  throw new Refusal('network-not-allowed', 403, 'Your district allows SFTP from other networks only.');
}
