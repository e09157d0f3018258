/** The search of everything over the districts, people and syncs of the house in memory. */

import type { Account, DistrictFacts, SyncFacts } from '../../src/http/deps.ts';
import type { SearchDeps } from '../../src/http/search-deps.ts';
import { fakeRosterId } from './fake-roster-pages.ts';

type House = { people: Record<string, Account>; syncs: Map<string, SyncFacts> };

const place = { rosterId: fakeRosterId, district: 'Lakeview Unified', product: 'Literacy' };
const pupils = [{ ...place, sourcedId: '000451', name: 'Mia Stone', role: 'student' }];

export function fakeSearch({ people, syncs }: House, districts: DistrictFacts[]): SearchDeps {
  return {
    async search({ role, districtId }, words, limit) {
      const has = (text: string) => text.toLowerCase().includes(words.toLowerCase());
      const mine = (id: string | null) => districtId === null || id === districtId;
      const nameOf = (id: string | null) => districts.find((each) => each.id === id)?.name ?? '';
      return {
        districts: districts.filter(({ id, name }) => mine(id) && has(name)).slice(0, limit),
        people: Object.values(people)
          .filter((person) => mine(person.districtId) && has(person.email))
          .map(({ id, email, districtId: own }) => ({ id, email, name: '', district: own && nameOf(own) })),
        records: pupils
          .filter(({ name, sourcedId }) => sourcedId === words || has(name))
          .slice(0, role === 'viewer' ? 0 : limit),
        syncs: [...syncs.values()]
          .filter((sync) => mine(sync.districtId) && String(sync.number) === words)
          .slice(0, limit)
          .map((sync) => ({
            id: sync.id,
            number: sync.number,
            state: sync.state,
            at: sync.createdAt,
            district: nameOf(sync.districtId),
            product: 'Literacy',
          })),
      };
    },
  };
}
