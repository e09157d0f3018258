/** Downloads the template of a format; for people of a district, or who choose one, with its own schools in it. */

import { Button, Checkbox } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import { useState } from 'react';
import { templateAddress } from '../api.ts';
import { usePerson } from '../person.ts';
import { DistrictSelect } from './district-select.tsx';
import css from './template-button.module.css';

export function TemplateButton(props: { format: string; product: string | undefined; takesOrgs: boolean }) {
  const { format, product, takesOrgs } = props;
  const { person } = usePerson();
  const [isFilled, setFilled] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const mayFill = takesOrgs && person !== null && person !== undefined;
  const district = isFilled && mayFill ? (person.district?.id ?? chosen ?? undefined) : undefined;
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
      <Button component="a" variant="default" href={templateAddress({ format, product, district })} download>
        Download the template
      </Button>
    </div>
  );
}
