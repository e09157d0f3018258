import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { columnsOf, type Kind, kinds, kindsOf, tableOf, targetOf, type Version } from './tables.ts';

type Expected = Record<
  Version,
  Record<
    string,
    {
      columns: string[];
      required: string[];
      references: Record<string, string>;
      values: Record<string, string[]>;
      extensible: string[];
    }
  >
>;
/** The standard's tables, written down on their own. */
const expected = JSON.parse(
  readFileSync(new URL('../../test/fixtures/oneroster-tables.json', import.meta.url), 'utf8'),
) as Expected;

for (const version of ['1.1', '1.2'] as const) {
  test(`OneRoster ${version} has the standard's files`, () => {
    assert.deepEqual(kindsOf(version).toSorted(), Object.keys(expected[version]).toSorted());
  });
  for (const [kind, table] of Object.entries(expected[version]) as [Kind, Expected['1.1'][string]][]) {
    test(`${kind} of OneRoster ${version} is the standard's table`, () => {
      const columns = columnsOf(kind, version);
      assert.deepEqual(columns, table.columns);
      const { fields } = tableOf(kind);
      const named = (choose: (name: string) => boolean) => columns.filter(choose);
      assert.deepEqual(
        named((name) => fields[name]?.required.includes(version) === true),
        table.required,
      );
      const references = named((name) => fields[name]?.to !== undefined).map((name) => [name, fields[name]?.to]);
      assert.deepEqual(Object.fromEntries(references), table.references);
      const values = named((name) => fields[name]?.values !== undefined).map((name) => [
        name,
        fields[name]?.values?.[version],
      ]);
      assert.deepEqual(Object.fromEntries(values), table.values);
      if (version === '1.2')
        assert.deepEqual(
          named((name) => fields[name]?.extensible === true),
          table.extensible,
        );
    });
  }
}

test('a table stands after the tables that it refers to', () => {
  for (const kind of kinds) {
    for (const field of Object.values(tableOf(kind).fields)) {
      const to = targetOf(field);
      if (to) assert.ok(kinds.indexOf(to) <= kinds.indexOf(kind), `${kind} refers to ${to}`);
    }
  }
});
