/** Acts on SFTP: what a district needs to connect, and the networks from which it may. */
import { Refusal } from '../core/refusal.ts';
import { connectionOf } from '../doors/connection.ts';
import { changeNetworks, networksFor } from '../people/networks.ts';
import { peopleOf } from '../people/people.ts';
import type { ActsDeps } from './deps.ts';
import { chooseSource, districtOf, type Which } from './lookups.ts';

const self = 'command line';

export function sftpActs(deps: ActsDeps) {
  const { db, people } = deps;
  return {
    /** @param which.user email address of the person; without one, the first person of the district. */
    async connection({ source: name, user, ...which }: Which & { source?: string; user?: string }) {
      const source = await chooseSource(db, which, name);
      const [first] = await peopleOf(people, self, { districtId: source.district.id, limit: 1 });
      const email = user ?? first?.email;
      if (email === undefined) {
        const sentence = 'This district has nobody who could sign in. Add a contact first: homeroom add contact';
        throw new Refusal('district-without-people', 409, sentence);
      }
      const { vendor, uploadLimitBytes: fileLimitBytes } = deps;
      return connectionOf(db, source, { place: deps.sftpPlace(), vendor, user: email, fileLimitBytes });
    },

    async networks({ district }: { district: string }) {
      return networksFor(people, self, (await districtOf(db, district)).id);
    },

    /** None: from everywhere. */
    async setNetworks({ district, networks }: { district: string; networks: string[] }) {
      return changeNetworks(people, self, { district: (await districtOf(db, district)).id, networks });
    },
  };
}
