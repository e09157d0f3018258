/** Everything that a district needs to send files by SFTP, as data: for the console, for programs and for the command line. */
import { connectionCommands } from '../core/connection-commands.ts';
import { formats } from '../core/formats/index.ts';
import { Refusal } from '../core/refusal.ts';
import { settingsOf } from '../core/source-settings.ts';
import type { Db } from '../db/db.ts';
import { productById, type SourceRow, sourceById, uploadPath } from '../db/districts.ts';
import { networksOf } from '../db/networks.ts';
import type { ConnectionDeps, ConnectionFacts } from '../http/connection-deps.ts';
import { isVendor, type PeopleDeps } from '../people/deps.ts';
import { changeNetworks, networksFor } from '../people/networks.ts';
import { personOf } from '../people/people.ts';
import { notFound } from '../people/rights.ts';
import { testName } from '../sftp/paths.ts';

/** The SFTP server as districts reach it; undefined while it does not run here. */
export type SftpPlace = {
  host: string;
  port: number;
  hostKeys: { type: string; fingerprint: string; publicKey: string }[];
};

const usualName = 'OneRoster.zip';

/** What the console's pages about it need. */
export function connectionDeps(
  db: Db,
  people: PeopleDeps,
  given: { place(): SftpPlace | undefined; vendor: string; fileLimitBytes: number },
): ConnectionDeps {
  return {
    async connection(actor, sourceId, personId) {
      const source = await sourceById(db, sourceId);
      if (!source || (!isVendor(actor) && source.district.id !== actor.districtId)) throw notFound('source');
      const user = personId === undefined ? actor.email : (await personOf(people, actor, personId)).email;
      return connectionOf(db, source, { ...given, place: given.place(), user });
    },
    networks: (actor, district) => networksFor(people, actor, district),
    setNetworks: (actor, change) => changeNetworks(people, actor, change),
  };
}

/** @throws Refusal `source-not-sftp`, `sftp-closed` */
export async function connectionOf(
  db: Db,
  source: SourceRow,
  given: { place: SftpPlace | undefined; vendor: string; user: string; fileLimitBytes: number },
): Promise<ConnectionFacts> {
  const { place, vendor, user, fileLimitBytes } = given;
  if (source.kind !== 'sftp') throw new Refusal('source-not-sftp', 409, 'This source takes no files by SFTP.');
  if (!place) throw new Refusal('sftp-closed', 409, 'The SFTP server does not run at the moment.');
  const { host, port, hostKeys } = place;
  const path = uploadPath(vendor, source);
  const { formats: taken = [], receiving = null } = (await productById(db, source.product.id)) ?? {};
  const fingerprints = hostKeys.map(({ type, fingerprint }) => ({ type, fingerprint }));
  const fingerprintOf = (type: string) => fingerprints.find((each) => each.type === type)?.fingerprint ?? '';
  const { id, siteCode, name, timeZone } = source.district;
  const due = settingsOf(source).schedule;
  return {
    source: { id: source.id, name: source.name },
    district: { id, siteCode, name },
    product: { slug: source.product.slug, name: source.product.name },
    host,
    port,
    user,
    path,
    testPath: `${path}/${testName}`,
    reportsPath: `${path}/reports`,
    fingerprints,
    knownHosts: hostKeys.map(({ publicKey }) => `${port === 22 ? host : `[${host}]:${port}`} ${publicKey}`),
    formats: formats
      .filter((format) => taken.length === 0 || taken.includes(format.id))
      .map((format) => ({ id: format.id, title: format.title })),
    window: receiving && { ...receiving, timeZone },
    due: due.days.length === 0 ? null : { ...due, timeZone: due.timeZone ?? timeZone },
    fileName: source.lastFileName,
    fileLimitBytes,
    networks: await networksOf(db, id),
    commands: connectionCommands({
      host,
      port,
      user,
      path,
      fingerprint: fingerprintOf('ssh-ed25519'),
      ecdsaFingerprint: fingerprintOf('ecdsa-sha2-nistp256'),
      file: source.lastFileName ?? usualName,
    }),
  };
}
