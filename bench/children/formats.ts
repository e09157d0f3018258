/** One check of `bench -- formats`: a process of its own, so that its memory is its own too. */
import { checked } from './checked.ts';

export type Run = { ms: number; peakMiB: number; rows: number; errors: number };

const [, , path, format] = process.argv as [string, string, string, string];
const now = new Date('2026-10-01T00:00:00Z');
const { ms, result, rows } = await checked(path, { profile: 'default', format, now, report() {} });
const errors = result.counts.error + result.counts.fatal;
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ ms, peakMiB, rows, errors } satisfies Run));
