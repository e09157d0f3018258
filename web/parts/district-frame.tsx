/** What stands around every page of one district: its name, its state in a sentence, and the way between its parts. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useOutletContext, useParams } from 'react-router';
import { api, type DistrictFacts, type Person } from '../api.ts';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { counted } from '../words.ts';
import { Page, Trouble } from './page.tsx';
import { type TabLink, TabLinks } from './tab-links.tsx';

const calmMs = 10_000;
const runningMs = 1_000;

/** The parts of a district, in order, each for those whom it is for. */
const parts: { name: string; to: (id: string) => string; isFor?: (person: Person) => boolean }[] = [
  { name: 'Deliveries', to: (id) => paths.district(id) },
  { name: 'Connection', to: (id) => paths.connection(id) },
  { name: 'Calendar', to: paths.calendar },
  {
    name: 'People',
    to: (id) => paths.people({ district: id }),
    isFor: ({ role, district }) => role !== 'viewer' && district === null,
  },
  { name: 'Audit log', to: (id) => paths.districtLog(id), isFor: ({ role }) => role !== 'viewer' },
];

export type DistrictContext = { district: DistrictFacts; person: Person };

export function DistrictFrame() {
  const { id = '' } = useParams();
  const { pathname } = useLocation();
  const { person } = usePerson();
  const { data, error, refetch } = useQuery({
    queryKey: ['district', id],
    queryFn: () => api.district(id),
    refetchInterval: ({ state }) =>
      state.data?.sources.some((source) => source.state === 'running') ? runningMs : calmMs,
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!person) return null;
  const links: TabLink[] = parts
    .filter(({ isFor }) => isFor?.(person) ?? true)
    .map(({ name, to }) => ({ name, to: to(id), isCurrent: pathname === to(id) }));
  const current = links.find(({ isCurrent }) => isCurrent);
  const name = data?.name ?? 'District';
  return (
    <Page
      title={name}
      part={current?.to === paths.district(id) ? undefined : current?.name}
      crumbs={person.district ? [] : [{ name: 'Districts', to: paths.districts() }, { name }]}
      sentence={data && sentenceOf(data)}
      acts={
        data &&
        person.role !== 'viewer' && (
          <>
            {!person.district && (
              <Button variant={data.sources.length === 0 ? 'filled' : 'default'} component={Link} to={paths.setUp(id)}>
                Set up a source
              </Button>
            )}
            <Button variant="default" component={Link} to={paths.simplified(id)}>
              Add a school from workbooks
            </Button>
          </>
        )
      }
    >
      <TabLinks label="Parts of the district" links={links} stays />
      {data && <Outlet context={{ district: data, person } satisfies DistrictContext} />}
    </Page>
  );
}

/** Of the district in whose frame a page stands. */
export const useDistrict = (): DistrictContext => useOutletContext<DistrictContext>();

function sentenceOf({ sources }: DistrictFacts): string {
  if (sources.length === 0) return 'No source is set up yet.';
  const waiting = sources.filter(({ state }) => state === 'needs you').length;
  return `${counted(sources.length, 'source', 'sources')}; ${waiting > 0 ? `${counted(waiting, 'needs', 'need')} you` : 'nothing waits for you'}.`;
}
