/** Every setting of Homeroom is one row here; only house.ts and the command line read them. */

import { usualLimits } from './core/bundle.ts';

type Kind = 'text' | 'integer' | 'yes or no';
type Setting = {
  /** Environment variable. */
  env: string;
  /** Command line flag of `homeroom serve`, where there is one. */
  flag?: string;
  kind: Kind;
  default: string;
  doc: string;
};

const row = <K extends Kind>(
  env: string,
  kind: K,
  fallback: string,
  doc: string,
  flag?: string,
): Setting & { kind: K } =>
  flag ? { env, kind, default: fallback, doc, flag } : { env, kind, default: fallback, doc };

const GiB = 1024 ** 3;

export const settings = {
  data: row(
    'HOMEROOM_DATA',
    'text',
    './data',
    'Folder that holds the database, the archive, keys and uploads.',
    '--data',
  ),
  host: row('HOMEROOM_HOST', 'text', '127.0.0.1', 'Address on which SFTP and HTTP listen.', '--host'),
  httpPort: row('HOMEROOM_HTTP_PORT', 'integer', '8080', 'Port of console and API; 0 takes a free one.', '--http-port'),
  sftpPort: row('HOMEROOM_SFTP_PORT', 'integer', '2222', 'Port of the SFTP server; 0 takes a free one.', '--sftp-port'),
  publicUrl: row('HOMEROOM_PUBLIC_URL', 'text', '', 'Address of the console in links, when a proxy stands before it.'),
  databaseUrl: row('DATABASE_URL', 'text', '', 'A PostgreSQL of your own; empty: a private one in the data folder.'),
  vendor: row(
    'HOMEROOM_VENDOR',
    'text',
    'homeroom',
    'First part of every upload path: /<vendor>/<site code>-<district>/<product>/.',
  ),
  logLevel: row('HOMEROOM_LOG_LEVEL', 'text', 'info', 'trace, debug, info, warn, error or silent.'),
  uploadLimitBytes: row('HOMEROOM_UPLOAD_LIMIT_BYTES', 'integer', String(2 * GiB), 'Largest file that is taken.'),
  unpackedLimitBytes: row(
    'HOMEROOM_UNPACKED_LIMIT_BYTES',
    'integer',
    String(usualLimits.unpackedLimitBytes),
    'Largest sum of the unpacked files of one zip.',
  ),
  zipRatioLimit: row(
    'HOMEROOM_ZIP_RATIO_LIMIT',
    'integer',
    String(usualLimits.zipRatioLimit),
    'Unpacked bytes per packed byte, beyond which a zip is refused as a bomb.',
  ),
  zipEntriesLimit: row(
    'HOMEROOM_ZIP_ENTRIES_LIMIT',
    'integer',
    String(usualLimits.zipEntriesLimit),
    'Most entries of one zip.',
  ),
  quietMs: row(
    'HOMEROOM_QUIET_MS',
    'integer',
    '60000',
    'A set of loose CSV files is complete when nothing came for this long, in milliseconds.',
  ),
  sftpAddress: row(
    'HOMEROOM_SFTP_ADDRESS',
    'text',
    '',
    'Host, or host:port, under which districts reach SFTP, for the page that tells them; empty: the host of HOMEROOM_PUBLIC_URL or of HOMEROOM_HOST, and the port of SFTP.',
  ),
  sftpFolderLimitBytes: row(
    'HOMEROOM_SFTP_FOLDER_LIMIT_BYTES',
    'integer',
    String(8 * GiB),
    'Most bytes that wait in one SFTP folder, files under way included.',
  ),
  sftpFolderLimitFiles: row(
    'HOMEROOM_SFTP_FOLDER_LIMIT_FILES',
    'integer',
    '200',
    'Most files that wait in one SFTP folder.',
  ),
  sftpConnectionsPerAddress: row(
    'HOMEROOM_SFTP_CONNECTIONS_PER_ADDRESS',
    'integer',
    '100',
    'Most SFTP connections at once from one network address; for IPv6, from one /64.',
  ),
  sftpConnectionsLimit: row('HOMEROOM_SFTP_CONNECTIONS_LIMIT', 'integer', '200', 'Most SFTP connections at once.'),
  sftpIdleMs: row(
    'HOMEROOM_SFTP_IDLE_MS',
    'integer',
    '600000',
    'An SFTP connection that says nothing for this long is closed, in milliseconds.',
  ),
  smtpUrl: row(
    'HOMEROOM_SMTP_URL',
    'text',
    '',
    'Mail server, for example smtps://user:password@mail.example.org; empty: mails are written into the outbox folder of the data folder.',
  ),
  mailFrom: row(
    'HOMEROOM_MAIL_FROM',
    'text',
    'Homeroom <homeroom@localhost>',
    'Sender of mails, for example Homeroom <homeroom@example.org>.',
  ),
  webhookNetworks: row(
    'HOMEROOM_WEBHOOK_NETWORKS',
    'text',
    '',
    'Networks that webhooks may be in besides the public internet, for example 10.20.0.0/16, 127.0.0.1; only these are told without https.',
  ),
  pullNetworks: row(
    'HOMEROOM_PULL_NETWORKS',
    'text',
    '',
    'Networks that APIs may be in from which sources pull, besides the public internet, for example 10.20.0.0/16; only these are read without https.',
  ),
  digestTime: row('HOMEROOM_DIGEST_TIME', 'text', '07:00', 'Local time of the daily mail about what is new.'),
  timeZone: row('HOMEROOM_TIME_ZONE', 'text', 'America/Denver', 'Time zone of the people of the vendor.'),
  retentionDays: row('HOMEROOM_RETENTION_DAYS', 'integer', '90', 'Days for which received files are kept.'),
  archivedDays: row(
    'HOMEROOM_ARCHIVED_DAYS',
    'integer',
    '90',
    'Days for which records that have left stay in the roster as archived, with their ids and usernames taken.',
  ),
  archiveKey: row(
    'HOMEROOM_ARCHIVE_KEY',
    'text',
    '',
    'Key (32 bytes in base64) that encrypts the archive and stored secrets; empty: one is made in the data folder. While keys rotate: the new one, a comma, the former one.',
  ),
  administratorsDecide: row(
    'HOMEROOM_ADMINISTRATORS_DECIDE',
    'yes or no',
    'yes',
    'Whether administrators of a district may decide about held deliveries of their own.',
  ),
  oidcIssuer: row(
    'HOMEROOM_OIDC_ISSUER',
    'text',
    '',
    'OpenID Connect provider with which owners and operators may sign in, for example https://login.example.org; empty: none.',
  ),
  oidcClientId: row('HOMEROOM_OIDC_CLIENT_ID', 'text', '', 'Id that the provider has given to Homeroom.'),
  oidcClientSecret: row(
    'HOMEROOM_OIDC_CLIENT_SECRET',
    'text',
    '',
    'Secret that the provider has given to Homeroom; empty: Homeroom is a public client there.',
  ),
  oidcName: row('HOMEROOM_OIDC_NAME', 'text', 'your provider', 'What the button for signing in calls the provider.'),
} as const satisfies Record<string, Setting>;

export type Config = {
  [S in keyof typeof settings]: (typeof settings)[S]['kind'] extends 'integer'
    ? number
    : (typeof settings)[S]['kind'] extends 'yes or no'
      ? boolean
      : string;
};

/** Raised for a setting that cannot be used; the message says which, and what is allowed. */
export class SettingError extends Error {}

/**
 * Reads all settings: a flag (by setting name) wins over the environment, which wins over the default.
 * @throws SettingError when a number is not one, or a yes or no neither.
 */
export function readConfig(
  env: Record<string, string | undefined>,
  flags: Partial<Record<keyof typeof settings, string>> = {},
): Config {
  const config: Record<string, string | number | boolean> = {};
  for (const [name, setting] of Object.entries(settings) as [keyof typeof settings, Setting][]) {
    const text = flags[name] ?? env[setting.env] ?? setting.default;
    config[name] = readValue(setting, text);
  }
  return config as Config;
}

function readValue(setting: Setting, text: string): string | number | boolean {
  if (setting.kind === 'integer') return integer(setting, text);
  if (setting.kind === 'text') return text;
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new SettingError(`${setting.env} must be yes or no, not "${text}".`);
}

function integer(setting: Setting, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    const where = setting.flag ? `${setting.flag} (or ${setting.env})` : setting.env;
    throw new SettingError(`${where} must be a whole number, not "${text}".`);
  }
  return value;
}
