/** Fits the search of everything to what each person may see. */
import { searchAccounts, searchDistricts, searchRecords, searchSyncs } from '../db/search.ts';
import type { SearchDeps } from '../http/search-deps.ts';
import type { PeopleDeps } from '../people/deps.ts';

export function httpSearch({ db }: Pick<PeopleDeps, 'db'>): SearchDeps {
  return {
    async search({ role, districtId }, words, limit) {
      const scope = { districtId, words, limit };
      const [districts, people, records, syncs] = await Promise.all([
        searchDistricts(db, scope),
        role === 'viewer' ? [] : searchAccounts(db, scope),
        role === 'viewer' ? [] : searchRecords(db, scope),
        searchSyncs(db, scope),
      ]);
      return { districts, people, records, syncs };
    },
  };
}
