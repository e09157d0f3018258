/** The formats that can be written, by the names that commands give them. */
import type { Version } from '../core/tables.ts';

export const csvFormats: Readonly<Record<string, Version>> = { 'oneroster-csv-1.1': '1.1', 'oneroster-csv-1.2': '1.2' };
