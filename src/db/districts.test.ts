import assert from 'node:assert/strict';
import test from 'node:test';
import { testDb } from '../../test/postgres.ts';
import {
  addDistrict,
  addProduct,
  addSource,
  ensureRoster,
  findDistrict,
  listDistricts,
  listProducts,
  productBySlug,
  rosterOf,
  setSource,
  sourceById,
  sourcesOf,
  uploadPath,
} from './districts.ts';
import { newId } from './ids.ts';

async function house() {
  const db = await testDb();
  const literacy = await addProduct(db, { slug: 'literacy', name: 'Literacy' });
  const math = await addProduct(db, { slug: 'math', name: 'Math' });
  const lakeview = await addDistrict(db, { siteCode: '1234567', name: 'Lakeview Unified', slug: 'lakeview' });
  return { db, literacy, math, lakeview };
}

test('products are known by their slug', async () => {
  const { db, literacy, math } = await house();
  assert.deepEqual(await productBySlug(db, 'literacy'), literacy);
  assert.equal(await productBySlug(db, 'science'), undefined);
  assert.deepEqual(await listProducts(db), [literacy, math]);
  await assert.rejects(addProduct(db, { slug: 'math', name: 'Mathematics' }), { code: 'product-taken', status: 409 });
  await assert.rejects(addProduct(db, { slug: 'Math!', name: 'Math' }), { code: 'slug' });
  await assert.rejects(addProduct(db, { slug: 'm', name: '  ' }), { code: 'name' });
});

test('a district is found by site code, id and slug', async () => {
  const { db, lakeview } = await house();
  assert.deepEqual(lakeview, {
    id: lakeview.id,
    siteCode: '1234567',
    slug: 'lakeview',
    name: 'Lakeview Unified',
    timeZone: 'America/Denver',
  });
  for (const text of ['1234567', lakeview.id, lakeview.id.toUpperCase(), 'lakeview']) {
    assert.deepEqual(await findDistrict(db, text), lakeview);
  }
  for (const text of ['', 'Lakeview Unified', newId()]) assert.equal(await findDistrict(db, text), undefined);
});

test('when two districts share a slug, the site code tells them apart', async () => {
  const { db } = await house();
  const other = await addDistrict(db, { siteCode: '7', name: 'Lakeview Other', slug: 'lakeview' });
  await assert.rejects(findDistrict(db, 'lakeview'), { code: 'district-ambiguous' });
  assert.deepEqual(await findDistrict(db, '7'), other);
});

test('what cannot be a district is refused in plain words', async () => {
  const { db } = await house();
  const refused = (district: Parameters<typeof addDistrict>[1], code: string) =>
    assert.rejects(addDistrict(db, district), { code });
  await refused({ siteCode: '1234567', name: 'Again' }, 'site-code-taken');
  await refused({ siteCode: '../etc', name: 'Path' }, 'site-code');
  await refused({ siteCode: '8', name: 'Zone', timeZone: 'Denver' }, 'time-zone');
  await refused({ siteCode: '8', name: 'Slug', slug: 'a/b' }, 'slug');
  assert.equal((await listDistricts(db)).length, 1);
});

test('a slug is made from the name', async () => {
  const { db } = await house();
  const slugs: Record<string, string> = {
    'Hill County Schools': 'hill-county-schools',
    'Peña Blanca / Cañón': 'pena-blanca-canon',
    "St. Mary's (K-8)": 'st-marys-k-8',
    東京都: 'district',
  };
  for (const [index, name] of Object.keys(slugs).entries()) {
    const { slug } = await addDistrict(db, { siteCode: `s${index}`, name });
    assert.equal(slug, slugs[name]);
  }
});

test('no two districts lead to the same folder', async () => {
  const { db } = await house();
  await addDistrict(db, { siteCode: '12', name: 'One', slug: 'a-b' });
  await assert.rejects(addDistrict(db, { siteCode: '12-A', name: 'Two', slug: 'b' }), { code: 'site-code-taken' });
});

test('a pair of district and product has one roster', async () => {
  const { db, lakeview, literacy } = await house();
  const rosters = await Promise.all([1, 2, 3].map(() => ensureRoster(db, lakeview.id, literacy.id)));
  assert.equal(new Set(rosters.map((roster) => roster.id)).size, 1);
  assert.deepEqual(await rosterOf(db, { district: 'lakeview', product: 'literacy' }), rosters[0]);
  assert.equal(await rosterOf(db, { district: 'lakeview', product: 'math' }), undefined);
  assert.equal(await rosterOf(db, { district: 'nowhere', product: 'literacy' }), undefined);
});

test('a source knows its district and product, and its upload path', async () => {
  const { db, lakeview, literacy, math } = await house();
  const roster = await ensureRoster(db, lakeview.id, literacy.id);
  const other = await ensureRoster(db, lakeview.id, math.id);
  const source = await addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'Nightly' });
  assert.deepEqual(source, {
    id: source.id,
    rosterId: roster.id,
    kind: 'sftp',
    name: 'Nightly',
    format: 'auto',
    formatVersion: null,
    profile: 'default',
    mode: 'active',
    trustFirst: false,
    needsFull: false,
    lastFileName: null,
    settings: {},
    district: lakeview,
    // The product's windows say when a source without times of its own is due.
    product: {
      id: literacy.id,
      slug: 'literacy',
      name: 'Literacy',
      profile: null,
      receiving: null,
      rulesVersion: null,
    },
  });
  assert.equal(uploadPath('imagine', source), '/imagine/1234567-lakeview/literacy');
  assert.deepEqual(await sourceById(db, source.id), source);
  assert.equal(await sourceById(db, 'x'), undefined);

  const second = await addSource(db, { rosterId: other.id, kind: 'sftp', name: 'Nightly', trustFirst: true });
  assert.deepEqual(await sourcesOf(db), [source, second]);
  assert.deepEqual(await sourcesOf(db, { rosterId: other.id }), [second]);
  assert.deepEqual(await sourcesOf(db, { districtId: newId() }), []);
  await assert.rejects(addSource(db, { rosterId: roster.id, kind: 'sftp', name: 'Second' }), { code: 'source-taken' });
  await assert.rejects(addSource(db, { rosterId: roster.id, kind: 'upload', name: 'Nightly' }), {
    code: 'source-taken',
  });
});

test('a source is changed field by field', async () => {
  const { db, lakeview, literacy } = await house();
  const roster = await ensureRoster(db, lakeview.id, literacy.id);
  const { id } = await addSource(db, { rosterId: roster.id, kind: 'upload', name: 'By hand' });
  const changed = await setSource(db, id, {
    mode: 'dry run',
    needsFull: true,
    lastFileName: 'a.zip',
    settings: { a: [1] },
  });
  assert.equal(changed?.mode, 'dry run');
  assert.equal(changed?.needsFull, true);
  assert.deepEqual(changed?.settings, { a: [1] });
  assert.equal((await setSource(db, id, { lastFileName: null }))?.lastFileName, null);
  assert.equal((await setSource(db, id, {}))?.mode, 'dry run');
  assert.equal(await setSource(db, newId(), { mode: 'paused' }), undefined);
});
