/** `homeroom serve`: the server, until it is told to stop. */
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { settings } from '../config.ts';
import { hasAccounts } from '../db/accounts.ts';
import type { House } from '../house.ts';
import { createLog, type Log } from '../log.ts';
import { configFrom } from './settings.ts';

type Flags = { data?: string; host?: string; httpPort?: string; sftpPort?: string; demo?: boolean };

/** The demo's upload paths begin with this, unless a setting says otherwise. */
export const demoVendor = 'imagine';

export function serveCommand(): Command {
  const command = new Command('serve')
    .summary('run the server: SFTP, console, worker and database')
    .description(
      'Runs the server until Ctrl-C: SFTP, the console, the worker and, unless DATABASE_URL names another, its own PostgreSQL.\n\nExit code: 0 stopped cleanly, 2 it could not start.',
    );
  for (const setting of [settings.data, settings.host, settings.httpPort, settings.sftpPort]) {
    command.option(`${setting.flag} <value>`, `${setting.doc} (${setting.env}, default ${setting.default})`);
  }
  command.option('--demo', 'make an invented district and send its rosters, so that there is something to see');
  return command.action(async ({ demo: wantsDemo, ...flags }: Flags) => {
    const given = configFrom(flags);
    const isInvented = wantsDemo && given.vendor === settings.vendor.default;
    const config = isInvented ? { ...given, vendor: demoVendor } : given;
    // The story of the demo is not to be told between log lines.
    const level = wantsDemo && config.logLevel === settings.logLevel.default ? 'warn' : config.logLevel;
    const { house, signal } = await serve(config, createLog(level), !wantsDemo);
    if (!wantsDemo) return;
    const { demo } = await import('./demo/demo.ts');
    await demo(house, config.data, signal);
  });
}

/**
 * Opens a house with all doors, says where they are, and closes it when the process is told to stop: then the signal is
 * aborted, and the process ends when everything is closed. `hints` tells what to do first in an empty house.
 */
export async function serve(config: Config, log: Log, hints = true): Promise<{ house: House; signal: AbortSignal }> {
  const stopping = new AbortController();
  let house: House | undefined;
  const stop = () => {
    // A second Ctrl-C does not wait: what was under way is taken up again at the next start.
    if (stopping.signal.aborted) process.exit(130);
    process.stderr.write('Stopping. Press Ctrl-C again to stop without waiting.\n');
    stopping.abort();
    void house?.close().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  const { openHouse } = await import('../house.ts');
  house = await openHouse(config, log, { doors: true });
  if (stopping.signal.aborted) {
    await house.close();
    process.exit(0);
  }
  process.stdout.write(await greeting(house, config, hints));
  return { house, signal: stopping.signal };
}

async function greeting(house: House, config: Config, hints: boolean): Promise<string> {
  const { sftp, http } = house;
  const lines = [
    'Homeroom is running.',
    `  Console  ${config.publicUrl || http?.url}`,
    `  SFTP     ${sftp?.host} port ${sftp?.port}`,
    ...(sftp?.fingerprints ?? []).map(({ type, fingerprint }) => `           ${fingerprint} (${type})`),
    `  Data     ${config.data}`,
  ];
  if (hints && !(await hasAccounts(house.db))) {
    lines.push('Nobody can sign in yet. Make the first person: homeroom add person you@example.org --role owner');
  }
  return `${lines.join('\n')}\n`;
}
