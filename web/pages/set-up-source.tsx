/** Sets up a source step by step: for which product and by which way, what is sent and when, and what waits for a person. */

import { Button, NativeSelect, NumberInput, Radio, Stepper, Switch, TextInput } from '@mantine/core';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/NumberInput.layer.css';
import '@mantine/core/styles/Radio.layer.css';
import '@mantine/core/styles/Stepper.layer.css';
import '@mantine/core/styles/Switch.layer.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { noSchedule, usualSchedule } from '../../src/core/schedule.ts';
import { sourceSettings } from '../../src/core/source-settings.ts';
import { api, queries } from '../api.ts';
import { apiOf, askedOf, emptyApi } from '../api-draft.ts';
import { ActForm } from '../parts/act-form.tsx';
import { ApiFields } from '../parts/api-fields.tsx';
import { ApiProbe } from '../parts/api-probe.tsx';
import { Facts } from '../parts/facts.tsx';
import { FormatField } from '../parts/format-field.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { Page, Trouble } from '../parts/page.tsx';
import { ScheduleField, type ScheduleValue } from '../parts/schedule-field.tsx';
import { ShareField } from '../parts/setting-field.tsx';
import { paths } from '../paths.ts';
import { type ApiAsked, type ProbeReport, type ProductRow, setUpApi } from '../set-up-api.ts';
import { choiceName } from '../setting-words.ts';
import { dueInWords } from '../words.ts';
import css from './set-up-source.module.css';

type Kind = 'sftp' | 'upload' | 'pull';
type Draft = {
  product: string;
  kind: Kind;
  name: string;
  format: string;
  profile: 'default' | 'strict' | 'lenient';
  schedule: ScheduleValue;
  trustFirst: boolean;
  holdOnlyRemovals: boolean;
  removedShare: number | '';
  removedAtLeast: number | '';
  /** Of a source that pulls. */
  asked: ApiAsked;
  found: ProbeReport | undefined;
};

const usual = {
  removedShare: sourceSettings.removedShare.default,
  removedAtLeast: sourceSettings.removedAtLeast.default,
};
const kinds: { value: Kind; name: string; about: string; source: string }[] = [
  {
    value: 'sftp',
    name: 'SFTP',
    about: 'The student information system puts a file into a folder every night. The usual way.',
    source: 'SFTP',
  },
  {
    value: 'upload',
    name: 'Upload',
    about: 'Somebody of the district uploads a file in the browser now and then.',
    source: 'Upload',
  },
  {
    value: 'pull',
    name: 'API',
    about: 'The roster is pulled from the student information system by its OneRoster API; nobody sends files.',
    source: 'API',
  },
];

export function SetUpSource() {
  const { id = '' } = useParams();
  const district = useQuery({ queryKey: ['district', id], queryFn: () => api.district(id) });
  const products = useQuery({ queryKey: ['products'], queryFn: setUpApi.products });
  const trouble = [district, products].find(({ error, data }) => error && !data);
  if (trouble?.error) return <Trouble error={trouble.error} retry={() => void trouble.refetch()} />;
  if (!district.data || !products.data) return <ListWaiting />;
  const { name, timeZone } = district.data;
  return (
    <Page
      title="Set up a source"
      crumbs={[
        { name: 'Districts', to: paths.districts() },
        { name, to: paths.district(id) },
        { name: 'Set up a source' },
      ]}
      sentence={`The way by which a roster of ${name} arrives. All of it can be changed later.`}
    >
      {products.data.rows.length === 0 ? (
        <p>
          There is no product yet. <Link to={paths.products()}>Add a product</Link> first: a roster is always that of a
          district for a product.
        </p>
      ) : (
        <Wizard districtId={id} timeZone={timeZone} products={products.data.rows} />
      )}
    </Page>
  );
}

function Wizard({ districtId, timeZone, products }: { districtId: string; timeZone: string; products: ProductRow[] }) {
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft>({
    product: products[0]?.id ?? '',
    kind: 'sftp',
    name: 'SFTP',
    format: 'auto',
    profile: 'default',
    schedule: usualSchedule,
    trustFirst: false,
    holdOnlyRemovals: false,
    asked: emptyApi,
    found: undefined,
    ...usual,
  });
  const set = (given: Partial<Draft>) => setDraft((before) => ({ ...before, ...given }));
  const product = products.find(({ id }) => id === draft.product) as ProductRow;
  const create = useCreate(districtId, draft);
  const steps = [
    { label: 'Product and way', content: <WhatAndHow draft={draft} set={set} products={products} /> },
    ...(draft.kind === 'pull' ? [{ label: 'Connection', content: <ConnectionStep draft={draft} set={set} /> }] : []),
    { label: 'File and time', content: <FileAndTime draft={draft} set={set} product={product} timeZone={timeZone} /> },
    { label: 'What waits', content: <WhatWaits draft={draft} set={set} /> },
    { label: 'Set up', content: <Summary draft={draft} product={product} timeZone={timeZone} /> },
  ];
  const isLast = step === steps.length - 1;
  const isUntried = draft.kind === 'pull' && step >= 1 && !draft.found?.isReady;
  return (
    <>
      <Stepper
        active={step}
        onStepClick={setStep}
        allowNextStepsSelect={false}
        size="sm"
        className={css.stepper ?? ''}
        classNames={{ separator: css.between ?? '', steps: css.steps ?? '' }}
      >
        {steps.map(({ label }) => (
          <Stepper.Step key={label} label={label} />
        ))}
      </Stepper>
      <ActForm
        error={create.error}
        submit={isLast ? 'Set up the source' : 'Next'}
        isBusy={create.isPending}
        isDisabled={isUntried}
        onSubmit={() => {
          if (isLast) create.mutate();
          else if (step > 0 ? draft.name.trim() !== '' : true) setStep(step + 1);
        }}
        more={
          step > 0 && (
            <Button variant="default" onClick={() => setStep(step - 1)}>
              Back
            </Button>
          )
        }
      >
        {steps[step]?.content}
      </ActForm>
    </>
  );
}

/** Makes the source, then sets what is not as usual; when that fails the source is there, and is not made twice. */
function useCreate(districtId: string, draft: Draft) {
  const navigate = useNavigate();
  const made = useRef<string>(undefined);
  return useMutation({
    mutationFn: async () => {
      const { product, kind, name, format, profile, trustFirst } = draft;
      const source = { product, name: name.trim(), trustFirst };
      const { connection } = draft.found ?? {};
      made.current ??= (
        kind === 'pull' && connection
          ? await setUpApi.addApi(districtId, apiOf(source, connection, draft.asked.secret))
          : await setUpApi.addSource(districtId, {
              ...source,
              kind: kind === 'upload' ? kind : 'sftp',
              format,
              profile,
            })
      ).id;
      const { removedShare, removedAtLeast } = draft;
      await setUpApi.setSource(made.current, {
        changes: {
          schedule: draft.schedule,
          holdOnlyRemovals: draft.holdOnlyRemovals,
          removedShare: removedShare === '' || removedShare === usual.removedShare ? null : removedShare,
          removedAtLeast: removedAtLeast === '' || removedAtLeast === usual.removedAtLeast ? null : removedAtLeast,
        },
      });
      return made.current;
    },
    onSuccess: async (id) => {
      await queries.invalidateQueries();
      const isFollowed = draft.kind !== 'upload';
      navigate(isFollowed ? paths.connection(districtId, { source: id }) : paths.district(districtId), {
        replace: true,
      });
    },
  });
}

type StepProps = { draft: Draft; set: (given: Partial<Draft>) => void };

function WhatAndHow({ draft, set, products }: StepProps & { products: ProductRow[] }) {
  return (
    <>
      <NativeSelect
        label="Product"
        description="The roster is for it, and its wishes count when a file is checked."
        value={draft.product}
        onChange={(event) => {
          const product = products.find(({ id }) => id === event.currentTarget.value);
          const [only, ...more] = product?.formats ?? [];
          set({ product: event.currentTarget.value, format: only && more.length === 0 ? only : 'auto' });
        }}
        data={products.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Radio.Group
        label="Way"
        value={draft.kind}
        onChange={(value) => {
          const kind = value as Kind;
          const name = kinds.find((each) => each.value === kind)?.source ?? '';
          set({ kind, name, schedule: kind === 'upload' ? noSchedule : usualSchedule });
        }}
      >
        <div className={css.choices}>
          {kinds.map(({ value, name, about }) => (
            <Radio key={value} value={value} label={name} description={about} />
          ))}
        </div>
      </Radio.Group>
    </>
  );
}

function ConnectionStep({ draft, set }: StepProps) {
  const { asked } = draft;
  const [report] = useState(() => (found: ProbeReport) => set({ found }));
  return (
    <>
      <ApiFields value={asked} onChange={(given) => set({ asked: { ...asked, ...given }, found: undefined })} />
      <ApiProbe
        asked={askedOf(asked)}
        isDisabled={asked.address.trim() === '' || asked.secret === ''}
        onReport={report}
      />
    </>
  );
}

function FileAndTime(props: StepProps & { product: ProductRow; timeZone: string }) {
  const { draft, set, product, timeZone } = props;
  return (
    <>
      <TextInput
        label="Name of the source"
        description="Short; it stands beside the product."
        maxLength={200}
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={draft.name.trim() === '' ? 'Give it a name.' : undefined}
      />
      <FormatField
        label="Format"
        description="Of what is sent. It is told from the files, unless you know that it is always the same."
        value={draft.format}
        taken={product.formats}
        onChange={(format) => set({ format })}
      />
      <NativeSelect
        label="Strictness"
        description="Of the check. Begin with the default."
        value={draft.profile}
        onChange={(event) => set({ profile: event.currentTarget.value as Draft['profile'] })}
        data={['default', 'strict', 'lenient'].map((value) => ({ value, label: choiceName(value) }))}
      />
      <ScheduleField
        label="Due"
        description="When nothing has come by then, somebody is told. No day: whenever somebody likes."
        value={draft.schedule}
        onChange={(schedule) => set({ schedule })}
        timeZone={timeZone}
      />
    </>
  );
}

function WhatWaits({ draft, set }: StepProps) {
  return (
    <>
      <Switch
        label="Trust the first delivery"
        description="Otherwise a person looks at it before it is applied. Leave it off unless the file is known."
        checked={draft.trustFirst}
        onChange={(event) => set({ trustFirst: event.currentTarget.checked })}
      />
      <Switch
        label="Hold only the removals"
        description="When removals are all that is unusual, additions and updates are applied at once, and the removals alone wait."
        checked={draft.holdOnlyRemovals}
        onChange={(event) => set({ holdOnlyRemovals: event.currentTarget.checked })}
      />
      <ShareField
        label="Removals that wait: share"
        description="Of the records of a kind, for the whole district and for each school."
        value={draft.removedShare}
        onChange={(removedShare) => set({ removedShare })}
      />
      <NumberInput
        label="Removals that wait: number"
        description="Fewer than this never wait, whatever their share."
        min={0}
        max={10_000_000}
        allowDecimal={false}
        thousandSeparator=","
        value={draft.removedAtLeast}
        onChange={(value) => set({ removedAtLeast: typeof value === 'number' ? value : '' })}
      />
    </>
  );
}

function Summary({ draft, product, timeZone }: { draft: Draft; product: ProductRow; timeZone: string }) {
  const { kind, name, format, profile, schedule, trustFirst, removedShare, removedAtLeast } = draft;
  const due =
    schedule.days.length === 0
      ? 'At no certain time'
      : dueInWords({ ...schedule, timeZone: schedule.timeZone ?? timeZone });
  const share = `${Math.round((removedShare === '' ? usual.removedShare : removedShare) * 10_000) / 100}\u00a0%`;
  return (
    <Facts
      facts={[
        ['Product', product.name],
        ['Way', kinds.find(({ value }) => value === kind)?.name ?? kind],
        ['Name', name],
        ['Format', choiceName(format)],
        ['Strictness', choiceName(profile)],
        ['Due', due],
        ['First delivery', trustFirst ? 'Applied at once' : 'Waits for a person'],
        [
          'Removals wait',
          `from ${share} and ${removedAtLeast === '' ? usual.removedAtLeast : removedAtLeast} records on`,
        ],
      ]}
    />
  );
}
