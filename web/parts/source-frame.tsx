/** The frame of the pages about one source: its name, the way to it, and its other parts. */

import { useQuery } from '@tanstack/react-query';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { type SourceSettings, setUpApi } from '../set-up-api.ts';
import { Page, Trouble } from './page.tsx';
import { SourceTabs } from './source-tabs.tsx';

export function SourceFrame(props: {
  id: string;
  at: 'history' | 'trends' | 'new year';
  part: string;
  sentence: string;
  children: (facts: SourceSettings) => React.ReactNode;
}) {
  const { id, at, part, sentence, children } = props;
  const { person } = usePerson();
  const { data, error, refetch } = useQuery({ queryKey: ['settings', id], queryFn: () => setUpApi.sourceSettings(id) });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Page title={part}>{null}</Page>;
  const { district, product, source } = data;
  const title = `${product.name}, ${source.name}`;
  return (
    <Page
      title={title}
      part={part}
      crumbs={[
        ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
        { name: district.name, to: paths.district(district.id) },
        { name: title, to: paths.source(id) },
        { name: part },
      ]}
      sentence={sentence}
    >
      <SourceTabs source={source} at={at} />
      {children(data)}
    </Page>
  );
}
