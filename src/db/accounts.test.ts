import assert from 'node:assert/strict';
import test from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { accountByEmail, accountById, addAccount } from './accounts.ts';
import { audit, auditRows } from './audit.ts';
import { addDistrict } from './districts.ts';

test('an account is one email address, however it is written', async () => {
  const db = await testDb();
  const account = await addAccount(db, { email: ' Olga@Homeroom.example ', role: 'owner', name: 'Olga' });
  assert.equal(account.email, 'Olga@Homeroom.example');
  assert.deepEqual(await accountByEmail(db, 'olga@homeroom.EXAMPLE'), account);
  assert.deepEqual(await accountById(db, account.id), account);
  assert.equal(await accountById(db, 'olga'), undefined);
  await assert.rejects(addAccount(db, { email: 'OLGA@homeroom.example', role: 'owner' }), { code: 'email-taken' });
  await assert.rejects(addAccount(db, { email: 'olga', role: 'owner' }), { code: 'email' });
});

test('the people of a district belong to it, and the vendor’s people to none', async () => {
  const db = await testDb();
  const { id } = await addDistrict(db, { siteCode: '1', name: 'One' });
  await assert.rejects(addAccount(db, { email: 'a@one.example', role: 'viewer' }), { code: 'account-district' });
  await assert.rejects(addAccount(db, { email: 'a@one.example', role: 'operator', districtId: id }), {
    code: 'account-district',
  });
  const viewer = await addAccount(db, { email: 'v@one.example', role: 'viewer', districtId: id });
  await addAccount(db, { email: 'o@homeroom.example', role: 'operator' });
  assert.deepEqual([viewer.role, viewer.districtId], ['viewer', id]);
});

test('nothing changes, removes or empties what stands in the audit log', async () => {
  const db = await testDb();
  const account = await addAccount(db, { email: 'o@homeroom.example', role: 'operator' });
  await audit(db, {
    accountId: account.id,
    address: '192.0.2.7',
    act: 'sign in',
    object: 'console',
    detail: { n: 1 },
  });
  await audit(db, { act: 'start' });
  for (const attempt of [
    sql`update audit set act = 'x'`,
    sql`delete from audit`,
    sql`truncate audit`,
    sql`insert into audit (id, act) select id, 'x' from audit on conflict (id) do update set act = 'x'`,
  ]) {
    await assert.rejects(db.query(attempt), /the audit log is append only/);
  }
  const rows = await auditRows(db, { limit: 10 });
  assert.deepEqual(
    rows.map(({ id: _, at: __, ...row }) => row),
    [
      { accountId: null, email: null, address: null, act: 'start', object: null, detail: {} },
      {
        accountId: account.id,
        email: account.email,
        address: '192.0.2.7',
        act: 'sign in',
        object: 'console',
        detail: { n: 1 },
      },
    ],
  );
  assert.deepEqual(await auditRows(db, { limit: 10, before: rows[0]?.id as string }), rows.slice(1));
  assert.deepEqual(await auditRows(db, { limit: 10, accountId: account.id }), rows.slice(1));
});
