/** Settings for commands: from flags and the environment. */
import { type Config, readConfig, type settings } from '../config.ts';

type Flags = Partial<Record<keyof typeof settings, string>>;

/** All settings; `flags` are those that a command was given, by setting name. */
export const configFrom = (flags: Flags = {}): Config => readConfig(process.env, flags);

/** How large and how deeply packed a delivery may be. */
export function limitsFromEnvironment(): Pick<Config, 'unpackedLimitBytes' | 'zipRatioLimit' | 'zipEntriesLimit'> {
  const { unpackedLimitBytes, zipRatioLimit, zipEntriesLimit } = configFrom();
  return { unpackedLimitBytes, zipRatioLimit, zipEntriesLimit };
}
