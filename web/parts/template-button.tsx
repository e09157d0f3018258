/** Downloads the template of a format; for people of a district, or who choose one, with its own schools in it. */

import { Button, Checkbox, NativeSelect } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import { useState } from 'react';
import { templateAddress } from '../api.ts';
import { usePerson } from '../person.ts';
import { DistrictSelect } from './district-select.tsx';
import css from './template-button.module.css';

export function TemplateButton(props: {
  format: string;
  product: string | undefined;
  takesOrgs: boolean;
  /** OneRoster is CSV, and has a manifest in the place of a directive. */
  isOneRoster: boolean;
}) {
  const { format, product, takesOrgs, isOneRoster } = props;
  const { person } = usePerson();
  const [isFilled, setFilled] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [as, setAs] = useState(format.startsWith('simplified-') ? 'xlsx' : 'csv');
  const [isComplete, setComplete] = useState(false);
  const mayFill = takesOrgs && person !== null && person !== undefined;
  const district = isFilled && mayFill ? (person.district?.id ?? chosen ?? undefined) : undefined;
  const asked = {
    format,
    product,
    district,
    as: isOneRoster || as === 'csv' ? undefined : as,
    complete: isComplete ? 'yes' : undefined,
  };
  return (
    <div className={css.template}>
      {mayFill && (
        <Checkbox
          label={person.district ? 'With the schools of your district in it' : 'With the schools of a district in it'}
          checked={isFilled}
          onChange={(event) => setFilled(event.currentTarget.checked)}
        />
      )}
      {isFilled && mayFill && !person.district && <DistrictSelect value={chosen} onChange={setChosen} />}
      {format.startsWith('traditional-') && (
        <Checkbox
          label="With the directive that what is not listed is removed"
          checked={isComplete}
          onChange={(event) => setComplete(event.currentTarget.checked)}
        />
      )}
      {!isOneRoster && (
        <NativeSelect
          label="As"
          value={as}
          onChange={(event) => setAs(event.currentTarget.value)}
          data={[
            { value: 'csv', label: 'CSV files' },
            { value: 'xlsx', label: 'Excel workbooks, columns as text' },
          ]}
        />
      )}
      <Button component="a" variant="default" href={templateAddress(asked)} download>
        Download the template
      </Button>
    </div>
  );
}
