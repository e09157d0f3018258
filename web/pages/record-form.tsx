/** Adding a record by hand, or editing one that people keep: every field with its rule, judged as deliveries are judged. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { judgeEntered, versionOf } from '../../src/core/by-hand.ts';
import { type Field, type Kind, tableOf, type Version } from '../../src/core/tables.ts';
import { queries } from '../api.ts';
import { useKept } from '../kept.ts';
import { fieldWord, fullNameOf, isKind, kindMany, kindOne } from '../kinds.ts';
import { Page, Trouble } from '../parts/page.tsx';
import { RecordField } from '../parts/record-field.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { type LiveRecord, type Roster, type RosterRow, rosterApi } from '../roster-api.ts';
import { capital, withArticle } from '../words.ts';
import { NotFound } from './not-found.tsx';
import css from './record-form.module.css';

type Values = Record<string, string>;

/** Kept by Homeroom itself, or never entered by others than their owner. */
const notEntered = ['status', 'dateLastModified', 'password'];

export function AddRecord() {
  const { roster: id = '', kind } = useParams();
  const [search] = useSearchParams();
  const roster = useQuery({ queryKey: ['roster', id], queryFn: () => rosterApi.roster(id) });
  const navigate = useNavigate();
  if (!isKind(kind)) return <NotFound />;
  if (roster.error) return <Trouble error={roster.error} retry={() => void roster.refetch()} />;
  if (!roster.data) return <Page title={`Add ${withArticle(kindOne(kind))}`}>{null}</Page>;
  const presets = Object.fromEntries([...search].filter(([field]) => tableOf(kind).fields[field] !== undefined));
  const usual: Values = kind === 'users' ? { enabledUser: 'true' } : kind === 'enrollments' ? { role: 'student' } : {};
  return (
    <Form
      name={`add ${id} ${kind}`}
      title={`Add ${withArticle(kindOne(kind))}`}
      sentence="It is kept by hand: no delivery changes or removes it, unless the SIS sends the same one."
      roster={roster.data}
      kind={kind}
      initial={{ ...usual, ...presets }}
      confirm={`Add the ${kindOne(kind)}`}
      back={paths.roster(id, { kind })}
      save={async (values) => {
        const { record } = await rosterApi.add(id, kind, values);
        await queries.invalidateQueries();
        // To where one came from: a person's or a class's page where the enrollment was for that.
        const from = presets.userSourcedId ? ['users', presets.userSourcedId] : ['classes', presets.classSourcedId];
        const isFor = kind === 'enrollments' && from[1];
        await navigate(
          paths.record(id, isFor ? (from[0] as string) : kind, isFor ? (from[1] as string) : record.sourcedId),
        );
      }}
    />
  );
}

export function EditRecord() {
  const { roster: rosterId = '', kind, id = '' } = useParams();
  const roster = useQuery({ queryKey: ['roster', rosterId], queryFn: () => rosterApi.roster(rosterId) });
  const known = isKind(kind);
  const place = { roster: rosterId, kind: kind ?? '', id };
  const found = useQuery({
    queryKey: ['record', rosterId, kind, id, undefined],
    queryFn: () => rosterApi.timeline(place, undefined),
    enabled: known,
  });
  // What is edited is the state that was there when the page was opened, however the record changes meanwhile.
  const [seen, setSeen] = useState<LiveRecord | null>(null);
  const navigate = useNavigate();
  if (!known) return <NotFound />;
  const error = roster.error ?? found.error;
  if (error) return <Trouble error={error} retry={() => void Promise.all([roster.refetch(), found.refetch()])} />;
  const record = seen ?? found.data?.record;
  if (!roster.data || !record) return <Page title="Edit">{null}</Page>;
  if (!seen) setSeen(record);
  const to = paths.record(rosterId, kind, id);
  if (record.readOnly) {
    return (
      <Page title="Edit" tabTitle="Edit">
        <p>{record.readOnly}</p>
        <p>
          <Link to={to}>Back to the record</Link>
        </p>
      </Page>
    );
  }
  return (
    <Form
      name={`edit ${rosterId} ${kind} ${id}`}
      title={`Edit ${fullNameOf(kind, record.fields, id)}`}
      tabTitle={`Edit ${kindOne(kind)} ${id}`}
      roster={roster.data}
      kind={kind}
      initial={{ ...record.fields, ...record.metadata }}
      isEdit
      confirm="Save"
      back={to}
      save={async (values) => {
        await rosterApi.edit(place, values, record.dateLastModified);
        await queries.invalidateQueries();
        await navigate(to);
      }}
    />
  );
}

function Form(props: {
  name: string;
  title: string;
  tabTitle?: string;
  sentence?: string;
  roster: Roster;
  kind: Kind;
  initial: Values;
  isEdit?: boolean;
  confirm: string;
  back: string;
  save: (values: Values) => Promise<void>;
}) {
  const { name, title, tabTitle = title, sentence, roster, kind, initial, isEdit = false, confirm, back, save } = props;
  const { person } = usePerson();
  const [values, setValues] = useKept<Values>(name, initial);
  const [faults, setFaults] = useState<Faults>({ of: {}, others: [] });
  const saving = useMutation({ mutationFn: () => save(isEdit ? changedIn(values, initial) : filledIn(values)) });
  const fields = fieldsOf(kind, roster.version, isEdit);
  const set = (field: string, value: string, row?: RosterRow) => {
    setFaults(({ of, others }) => ({
      of: Object.fromEntries(Object.entries(of).filter(([at]) => at !== field)),
      others,
    }));
    // An enrollment is at the school of its class.
    const school = field === 'classSourcedId' ? row?.fields.schoolSourcedId : undefined;
    setValues({ ...values, [field]: value, ...(kind === 'enrollments' && school ? { schoolSourcedId: school } : {}) });
  };
  const submit = () => {
    const found = faultsIn(kind, roster.version, values);
    setFaults(found);
    if (found.others.length > 0 || Object.keys(found.of).length > 0) return;
    saving.mutate();
  };
  const control = ([field, declared]: [string, Field]) => (
    <RecordField
      key={field}
      roster={roster}
      name={field}
      field={declared}
      version={roster.version}
      value={values[field] ?? ''}
      error={faults.of[field]}
      onChange={(value, row) => set(field, value, row)}
    />
  );
  // An id is made where none is entered, so it stands among the optional ones; but for demographics, which stand under a user's.
  const isNeeded = ([field, { required }]: [string, Field]) =>
    required.includes(roster.version) && (field !== 'sourcedId' || kind === 'demographics');
  const needed = fields.filter(isNeeded);
  const more = fields.filter((each) => !isNeeded(each));
  return (
    <Page
      title={title}
      tabTitle={tabTitle}
      crumbs={[
        ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
        { name: roster.district.name, to: paths.district(roster.district.id) },
        { name: `${roster.product.name} roster`, to: paths.roster(roster.id) },
        { name: capital(kindMany(kind)), to: paths.roster(roster.id, { kind }) },
        { name: isEdit ? 'Edit' : 'Add' },
      ]}
      sentence={sentence}
    >
      <form
        className={css.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {needed.map(control)}
        {more.length > 0 && (
          <details open={isEdit || more.some(([field]) => faults.of[field]) || undefined}>
            <summary>More fields: {more.length}</summary>
            <div className={css.form}>{more.map(control)}</div>
          </details>
        )}
        {(faults.others.length > 0 || saving.error) && (
          <div role="alert" className={css.fault}>
            {faults.others.map((fault) => (
              <p key={fault}>{fault}</p>
            ))}
            {saving.error && <p>{saving.error.message}</p>}
          </div>
        )}
        <div className={css.buttons}>
          <Button type="submit" loading={saving.isPending}>
            {confirm}
          </Button>
          <Button component={Link} variant="subtle" color="gray" to={back}>
            Cancel
          </Button>
        </div>
      </form>
    </Page>
  );
}

function fieldsOf(kind: Kind, version: Version, isEdit: boolean): [string, Field][] {
  return Object.entries(tableOf(kind).fields).filter(
    ([name, { versions }]) =>
      !notEntered.includes(name) && versions.includes(version) && !(isEdit && name === 'sourcedId'),
  );
}

type Faults = { of: Record<string, string>; others: string[] };

/** Faults at the fields that they name; what names none stands below. */
function faultsIn(kind: Kind, usual: Version, values: Values): Faults {
  const entered = filledIn(values);
  // A blank id is made by the server.
  const judged = judgeEntered(kind, versionOf(kind, entered, usual), { sourcedId: 'new', ...entered });
  const names = Object.keys(tableOf(kind).fields);
  const found: Faults = { of: {}, others: [] };
  for (const fault of judged.faults) {
    const field = names.find((name) => new RegExp(`\\b${name}\\b`).test(fault));
    if (field) found.of[field] ??= fault.replace(new RegExp(`^${field}\\b`), fieldWord(field));
    else found.others.push(fault);
  }
  return found;
}

const filledIn = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));

const changedIn = (values: Values, initial: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([field, value]) => value !== (initial[field] ?? '')));
