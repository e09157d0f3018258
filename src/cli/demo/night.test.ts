import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { generate } from '../../sample/generate.ts';
import { schoolYearOf } from './night.ts';

test('on whatever day a demo begins, its school year is not over', () => {
  for (let month = 0; month < 24; month++)
    for (const dayOfMonth of [1, 15, 28]) {
      const day = new Date(2026, month, dayOfMonth, 12);
      const { files } = generate({ students: 1, seed: 1, schoolYear: schoolYearOf(day) });
      const text = [...(files.find(({ name }) => name === 'academicSessions.csv')?.text() ?? [])].join('');
      const sessions = parse(text, { columns: true }) as { type: string; endDate: string }[];
      const year = sessions.find(({ type }) => type === 'schoolYear');
      assert.ok((year?.endDate ?? '') > day.toISOString().slice(0, 10), `${day.toISOString()}: ${year?.endDate}`);
      assert.ok(Date.parse(year?.endDate ?? '') - day.getTime() < 400 * 86_400_000, 'nor the one after the next');
    }
});
