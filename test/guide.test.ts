/** The guide, as far as it needs nothing but npm. */
import { test } from 'node:test';
import { runGuide } from './guide.ts';

test('the commands of the guide for a first district do what it says', async () => {
  await runGuide('docs/guide/first-district.md', { clients: false });
});

test('the commands of the guide about history do what it says', async () => {
  await runGuide('docs/guide/history.md', { clients: false });
});

test('the commands of the guide about records that people keep do what it says', async () => {
  await runGuide('docs/guide/manual-records.md', { clients: false });
});

test('the commands of the guide about backups bring back what was lost', async () => {
  await runGuide('docs/guide/backup.md', { clients: false });
});
