/** Chooses what is sent: told from the files, one of our formats, or a mapping of the district's own. */

import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { formats } from '../../src/core/formats/index.ts';
import { formatApi, isMapping, mappingName } from '../format-api.ts';
import { usePerson } from '../person.ts';
import { choiceName } from '../setting-words.ts';

export function FormatField(props: {
  label: string;
  description?: string;
  disabled?: boolean;
  error?: string | undefined;
  value: string;
  /** Ids of those that the product takes; all where there is none. */
  taken?: readonly string[];
  onChange: (value: string) => void;
}) {
  const { value, taken = [], onChange, ...rest } = props;
  const { person } = usePerson();
  const { data } = useQuery({
    queryKey: ['format-versions', ''],
    queryFn: () => formatApi.versions({}),
    enabled: person !== null && person !== undefined && person.district === null,
  });
  const ours = formats.filter(({ id }) => taken.length === 0 || taken.includes(id) || id === value);
  const kept = (data?.rows ?? [])
    .filter(({ format, isUsed }) => isUsed && isMapping(format))
    .map(({ format }) => format);
  const mappings = [...new Set([...kept, ...(isMapping(value) ? [value] : [])])];
  return (
    <NativeSelect {...rest} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="auto">{choiceName('auto')}</option>
      {ours.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
      {mappings.length > 0 && (
        <optgroup label="Mappings">
          {mappings.map((format) => (
            <option key={format} value={format}>
              {mappingName(format)}
            </option>
          ))}
        </optgroup>
      )}
    </NativeSelect>
  );
}
