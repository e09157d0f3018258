/** A district's own format: the document on one side, and on the other what it makes of the district's own files. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useId, useRef, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { type Chosen, whyNot } from '../check/dropped.ts';
import { formatApi, type ShownVersion } from '../format-api.ts';
import { useKept } from '../kept.ts';
import { useLooker } from '../mapping/use-looker.ts';
import { CodeField, type CodeFieldActs } from '../parts/code-field.tsx';
import { DropArea, useDrop } from '../parts/drop-area.tsx';
import { FormatVersions } from '../parts/format-versions.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { MappingSample } from '../parts/mapping-sample.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { SaveVersion } from '../parts/save-version.tsx';
import { paths } from '../paths.ts';
import { counted } from '../words.ts';
import css from './mapping.module.css';

const empty = `mapping: 1
title: 
files:
  students: { match: [students.csv] }
records:
  users:
    - from: students
      fields:
        sourcedId: "student-{Student ID}"
        enabledUser: true
        role: student
        orgSourcedIds: "{School ID}"
        username: "{Login}"
        givenName: "{First Name}"
        familyName: "{Last Name}"
`;

export function NewMapping() {
  return <Editor name={undefined} shown={undefined} />;
}

export function Mapping() {
  const { name = '' } = useParams();
  const [search] = useSearchParams();
  const of = { format: `mapping:${name}` };
  const asked = search.get('version') ?? undefined;
  const { data: versions, error: listError } = useQuery({
    queryKey: ['format-versions', of.format, ''],
    queryFn: () => formatApi.versions(of),
  });
  const wanted = asked ?? (versions?.rows.find(({ isUsed }) => isUsed) ?? versions?.rows[0])?.version.toString();
  const { data, error, refetch } = useQuery({
    queryKey: ['format-version', of.format, wanted],
    queryFn: () => formatApi.show(of, wanted),
    enabled: wanted !== undefined,
  });
  const trouble = error ?? listError;
  if (trouble && !data) return <Trouble error={trouble} retry={() => void refetch()} />;
  if (versions && wanted === undefined)
    return (
      <Page
        title="There is no such mapping"
        sentence="The link may be old, or cut off when it was copied."
        crumbs={[{ name: 'Formats', to: paths.formats() }]}
      >
        {null}
      </Page>
    );
  if (!data?.version) return <ListWaiting />;
  return <Editor key={`${name} ${data.version.version}`} name={name} shown={data.version} />;
}

type Version = NonNullable<ShownVersion['version']>;

function Editor({ name, shown }: { name: string | undefined; shown: Version | undefined }) {
  const begun = shown?.content ?? empty;
  const [text, setText] = useKept(`mapping ${name ?? ''} ${shown?.version ?? ''}`, begun);
  const [sample, setSample] = useState<Chosen>();
  const [refusal, setRefusal] = useState<string>();
  const [notes, setNotes] = useState<string[]>([]);
  const [isSaving, setSaving] = useState(false);
  const acts = useRef<CodeFieldActs>(null);
  const faultsId = useId();
  const { looked, isLooking, failed, draft } = useLooker(text, sample);
  const take = useCallback((given: Chosen) => {
    const why = whyNot(given);
    setRefusal(why);
    if (!why) setSample(given);
  }, []);
  const over = useDrop(take);
  const faults = looked?.faults ?? [];
  const isChanged = text !== begun;
  const title = name ?? 'New mapping';
  return (
    <div data-over={over || undefined}>
      <Page
        title={title}
        crumbs={[{ name: 'Formats', to: paths.formats() }, { name: title }]}
        sentence={sentenceOf(shown)}
        acts={
          <Button
            onClick={() => setSaving(true)}
            disabled={(!isChanged && shown !== undefined) || isLooking || faults.length > 0}
          >
            Save as a version…
          </Button>
        }
      >
        <div className={css.sides}>
          <Part title="Mapping" aside={isChanged ? 'Changed, not kept yet' : undefined}>
            <CodeField
              label="Mapping"
              value={text}
              onChange={setText}
              marked={faults.map(({ line }) => line)}
              acts={acts}
              describedBy={faultsId}
            />
            <div id={faultsId} role="status">
              {faults.length === 0
                ? looked && !isLooking && <p className="small soft">The mapping has no fault.</p>
                : `${counted(faults.length, 'fault', 'faults')}:`}
            </div>
            {faults.length > 0 && (
              <ul className={css.faults} aria-label="Faults of the mapping">
                {faults.map(({ line, where, message }) => (
                  <li key={`${line} ${where} ${message}`}>
                    <button type="button" onClick={() => acts.current?.goTo(line)}>
                      line {line}
                    </button>{' '}
                    {where && <code>{where}</code>} {message}
                  </li>
                ))}
              </ul>
            )}
            {notes.length > 0 && (
              <ul className={css.notes} aria-label="What the draft leaves open">
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </Part>
          <Part
            title="The district's own files"
            aside={<strong className={css.stays}>They stay on this computer.</strong>}
          >
            {refusal && <p role="alert">{refusal}</p>}
            {failed && <p role="alert">{failed}</p>}
            {!sample ? (
              <DropArea
                lead="Drop the district's files here"
                about="CSV files or Excel workbooks as they are, a zip or a folder"
                onChosen={take}
              />
            ) : (
              <>
                <div className={css.acts}>
                  <Button
                    variant="default"
                    size="compact-sm"
                    onClick={() =>
                      void draft(name ?? 'A district').then((made) => {
                        setText(made.text);
                        setNotes(made.notes);
                      })
                    }
                  >
                    Draft a mapping from these files
                  </Button>
                  <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setSample(undefined)}>
                    Choose other files
                  </Button>
                </div>
                <MappingSample
                  looked={looked}
                  isLooking={isLooking}
                  onInsert={(column) => acts.current?.insert(`{${column}}`)}
                />
              </>
            )}
          </Part>
        </div>
        {name !== undefined && (
          <FormatVersions
            of={{ format: `mapping:${name}` }}
            shown={shown?.version}
            to={(version) => paths.mapping(name, version)}
            empty=""
          />
        )}
      </Page>
      {isSaving && (
        <SaveVersion
          of={name === undefined ? undefined : { format: `mapping:${name}` }}
          content={text}
          onClose={() => setSaving(false)}
          to={(version, given) => paths.mapping(name ?? given, version)}
        />
      )}
    </div>
  );
}

function sentenceOf(shown: Version | undefined): string {
  if (!shown)
    return 'A mapping says how the files that a district has become records. Choose a sample of its files; a draft is made of them.';
  return shown.isUsed
    ? `Version ${shown.version} counts: deliveries are read by it.`
    : `Version ${shown.version} is kept and does not count.`;
}
