/** What the demo remembers between starts: who sends, and how many nights have passed. */

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Night = {
  password: string;
  /** How many times the invented district has changed. */
  generation: number;
  /** The year in which its school year ends: the one in which it was invented, so that no term is long over. */
  schoolYear?: number;
};

const fileIn = (dataDir: string): string => join(dataDir, 'demo.json');

/** The demo of a data folder; undefined when there was none. */
export async function lastNight(dataDir: string): Promise<Night | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Night);
}

export async function remember(dataDir: string, night: Night): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = fileIn(dataDir);
  await writeFile(`${path}.part`, JSON.stringify(night), { mode: 0o600 });
  await rename(`${path}.part`, path);
}

/** The year in which the school year of a day ends. From June on it is the next one: this one is as good as over. */
export const schoolYearOf = (day: Date): number => day.getFullYear() + (day.getMonth() >= 5 ? 1 : 0);

/** Twenty characters that can be read aloud. */
export function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const drawn = Array.from(randomBytes(20), (byte) => letters[byte % letters.length]).join('');
  return drawn.replace(/(.{5})(?=.)/g, '$1-');
}
