/** The settings of one source: each group a form, made from the declarations of the settings. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ApiTrouble, queries } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { KindThresholds } from '../parts/kind-thresholds.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { LoosenPart } from '../parts/loosen.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { SettingField } from '../parts/setting-field.tsx';
import { SourceTabs } from '../parts/source-tabs.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { type Setting, type SourceSettings, setUpApi } from '../set-up-api.ts';
import { settingGroups } from '../setting-words.ts';
import { capital, dayOf } from '../words.ts';
import css from './source.module.css';

const kinds = { sftp: 'Files by SFTP', upload: 'Uploaded in the browser', pull: 'Fetched from an API' } as const;

export function Source() {
  const { id = '' } = useParams();
  const { person } = usePerson();
  const { data, error, refetch } = useQuery({ queryKey: ['settings', id], queryFn: () => setUpApi.sourceSettings(id) });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data || !person) return <ListWaiting />;
  const { district, source, product } = data;
  const title = `${product.name}, ${source.name}`;
  const mayUpload = person.role !== 'viewer' && source.kind !== 'pull';
  return (
    <Page
      title={title}
      crumbs={[
        ...(person.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
        { name: district.name, to: paths.district(district.id) },
        { name: title },
      ]}
      sentence={sentenceOf(data)}
      acts={
        <>
          {source.kind === 'sftp' && (
            <Button variant="default" component={Link} to={paths.connection(district.id, { source: id })}>
              How to connect
            </Button>
          )}
          {mayUpload && (
            <Button variant="default" component={Link} to={paths.upload(id)}>
              Upload a delivery
            </Button>
          )}
        </>
      }
    >
      <SourceTabs source={source} at="settings" />
      {source.needsFull && (
        <p role="note" className={css.note}>
          A delivery with changes alone was lost, so those that follow wait. Send a full export once.
        </p>
      )}
      {groupsOf(data).map((group) => (
        <Group key={group.title} group={group} data={data} />
      ))}
    </Page>
  );
}

function sentenceOf({ mode, window, source }: SourceSettings): string {
  const until = window ? ` until ${dayOf(window.to)}${window.note ? `, ${window.note}` : ''}` : '';
  return `${kinds[source.kind]}. ${capital(mode)}${until}.`;
}

type GroupOf = { title: string; about: string; settings: Setting[] };

/** Settings under their headings, in the order of the headings; those that stand under none come last. */
function groupsOf({ settings }: SourceSettings): GroupOf[] {
  const known = new Set(settingGroups.flatMap(({ names }) => names));
  const rest = settings.filter(({ name }) => !known.has(name));
  const groups = settingGroups.map(({ title, about, names }) => ({
    title,
    about,
    settings: names.flatMap((name) => settings.find((each) => each.name === name) ?? []),
  }));
  return rest.length === 0 ? groups : [...groups, { title: 'More', about: '', settings: rest }];
}

function Group({ group, data }: { group: GroupOf; data: SourceSettings }) {
  const { title, about, settings } = group;
  const { id } = data.source;
  const [changes, setChanges] = useState<Record<string, unknown>>({});
  const [saved, setSaved] = useState(false);
  const save = useMutation({
    mutationFn: () => setUpApi.setSource(id, { changes }),
    onSuccess: async (now) => {
      queries.setQueryData(['settings', id], now);
      setChanges({});
      setSaved(true);
      await queries.invalidateQueries({ queryKey: ['district'] });
    },
  });
  const change = (name: string, value: unknown) => {
    setSaved(false);
    setChanges((before) => ({ ...before, [name]: value }));
  };
  const mayChange = settings.some(({ mayNotChange }) => mayNotChange === null);
  const isChanged = Object.keys(changes).length > 0;
  const atField = faultAt(save.error, settings);
  return (
    <Part title={title} aside={about}>
      <ActForm
        error={atField ? null : save.error}
        submit="Save"
        isBusy={save.isPending}
        isHidden={!mayChange}
        isDisabled={!isChanged}
        note={saved ? 'Saved.' : isChanged ? 'Not saved yet.' : 'Nothing is changed yet.'}
        isWide
        onSubmit={() => {
          if (isChanged) save.mutate();
        }}
      >
        <div className={css.settings}>
          {settings.map((setting) => (
            <div key={setting.name} className={css.setting}>
              <SettingField
                setting={setting}
                value={setting.name in changes ? changes[setting.name] : setting.value}
                onChange={(value) => change(setting.name, value)}
                error={atField?.name === setting.name ? atField.message : undefined}
                calendar={paths.calendar(data.district.id)}
                timeZone={data.timeZone}
              />
              {setting.ownKinds.length > 0 && <KindThresholds setting={setting} changes={changes} onChange={change} />}
            </div>
          ))}
        </div>
      </ActForm>
      {title === 'Thresholds' && <LoosenPart data={data} thresholds={settings} />}
    </Part>
  );
}

/** The setting that a refusal begins with: its words then stand at its field. */
function faultAt(error: Error | null, settings: Setting[]): { name: string; message: string } | undefined {
  if (!(error instanceof ApiTrouble) || error.code !== 'source-setting') return undefined;
  const name = /^\w+/.exec(error.message)?.[0];
  return settings.some((setting) => setting.name === name)
    ? { name: name as string, message: error.message }
    : undefined;
}
