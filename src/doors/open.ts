/** Opens the doors of a house that are asked for. */

import type { Config } from '../config.ts';
import { Refusal } from '../core/refusal.ts';
import type { Shared } from '../doors.ts';
import type { Door, House, HouseOptions } from '../house.ts';
import type { HostKey } from '../sftp/host-keys.ts';
import type { SftpServer } from '../sftp/server.ts';

export type OpenSftp = NonNullable<House['sftp']> & Pick<SftpServer, 'disconnect'> & { hostKeys: HostKey[] };
export type Doors = { http: House['http']; sftp: OpenSftp | undefined };

type Opening = {
  config: Config;
  options: Pick<HouseOptions, 'doors'>;
  folders: { keys: string; uploads: string };
  /** Takes what closes each door. */
  opened: (() => Promise<void>)[];
};

/** What is behind a door is read only when it is opened: most commands open none, and would wait for it. */
export async function openDoors(shared: Shared, { config, options, folders, opened }: Opening): Promise<Doors> {
  const { host, httpPort, sftpPort, publicUrl } = config;
  const wants = (door: Door) =>
    options.doors === true || (Array.isArray(options.doors) && options.doors.includes(door));
  let http: Doors['http'];
  let sftp: Doors['sftp'];
  if (wants('sftp')) {
    const [{ hostKeysOf }, { sftpDeps }, { startSftp }] = await Promise.all([
      import('../sftp/host-keys.ts'),
      import('./sftp.ts'),
      import('../sftp/server.ts'),
    ]);
    const hostKeys = await hostKeysOf(folders.keys);
    const deps = sftpDeps(shared, { host, port: sftpPort, hostKeys, stagingDir: folders.uploads, config });
    const server = await startSftp(deps).catch(asRefusal(sftpPort, '--sftp-port'));
    opened.push(server.close);
    sftp = { host, port: server.port, fingerprints: server.fingerprints, disconnect: server.disconnect, hostKeys };
  }
  if (wants('http')) {
    const [{ httpDeps }, { startHttp }, { consoleFolder }] = await Promise.all([
      import('../doors.ts'),
      import('../http/server.ts'),
      import('../http/static.ts'),
    ]);
    const place = { host, port: httpPort, publicUrl, consoleDir: consoleFolder() };
    const starting = startHttp(httpDeps(shared), {
      ...place,
      administratorsDecide: config.administratorsDecide,
      log: shared.log,
    });
    const server = await starting.catch(asRefusal(httpPort, '--http-port'));
    opened.push(server.close);
    http = { port: server.port, url: server.url };
  }
  return { http, sftp };
}

/** A port that cannot be had is for the person to change, not a fault. */
function asRefusal(port: number, flag: string): (error: Error) => never {
  return (error) => {
    const { code } = (error.cause ?? error) as { code?: unknown };
    const sentences: Record<string, string> = {
      EADDRINUSE: `Port ${port} is in use by another program. Start with ${flag} to choose another.`,
      EACCES: `Port ${port} needs more rights than this program has. Start with ${flag} to choose one above 1023.`,
      EADDRNOTAVAIL: 'This machine does not have the address that --host names.',
    };
    const sentence = sentences[String(code)];
    throw sentence === undefined ? error : new Refusal('cannot-listen', 409, sentence);
  };
}
