import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from './bundle.ts';
import { check } from './check.ts';
import type { Finding } from './record.ts';
import { kindsOf } from './tables.ts';

const at = '2025-09-01T06:00:00.000Z';
const manifest = kindsOf('1.1').map(
  (kind) => `file.${kind},${kind === 'orgs' || kind === 'users' ? 'delta' : 'absent'}`,
);
/** Changes that end a school, and a teacher who is at that school. */
const files = {
  'manifest.csv': `propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n${manifest.join('\n')}\n`,
  'orgs.csv': `sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nS1,tobedeleted,${at},,,,\n`,
  'users.csv': `sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\nT1,active,${at},true,S1,teacher,ana.stone,,Ana,Stone,,,,,,,,\n`,
};

async function said(orgs: string[]) {
  const found: Finding[] = [];
  const known = (kind: string) => (kind === 'orgs' ? orgs : []);
  const { tables } = await check(memoryBundle(files), { profile: 'default', known, report: (one) => found.push(one) });
  const rules = found.filter(({ column }) => column === 'orgSourcedIds').map(({ rule }) => rule);
  return { rules, leftOut: tables.find(({ kind }) => kind === 'users')?.leftOut };
}

test('what a delivery ends can be referred to while the roster holds it, and not when it never did', async () => {
  assert.deepEqual(await said(['S1']), { rules: ['reference-to-deleted'], leftOut: 0 });
  assert.deepEqual(await said(['S2']), { rules: ['reference-not-found'], leftOut: 1 });
});
