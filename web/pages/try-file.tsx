/** Checks a delivery in the browser, for anybody: what is chosen here is never sent anywhere. */

import { Button } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { products } from '../../src/core/profiles/index.ts';
import type { Profile } from '../../src/core/rules/rule.ts';
import { type Chosen, whyNot } from '../check/dropped.ts';
import type { Outcome, Task } from '../check/messages.ts';
import { type CheckState, useChecker } from '../check/use-checker.ts';
import { CountsTable, checkColumns } from '../parts/counts-table.tsx';
import { DropArea, useDrop } from '../parts/drop-area.tsx';
import { Facts } from '../parts/facts.tsx';
import { Findings, type FindingsOf } from '../parts/findings.tsx';
import { Shape } from '../parts/mark.tsx';
import { Page, Part } from '../parts/page.tsx';
import { Reading } from '../parts/reading.tsx';
import { paths } from '../paths.ts';
import { counted, size } from '../words.ts';
import css from './try-file.module.css';

const profiles: { value: Profile; name: string; about: string }[] = [
  { value: 'default', name: 'Default', about: 'the usual check' },
  { value: 'strict', name: 'Strict', about: 'by the letter of the standard' },
  { value: 'lenient', name: 'Lenient', about: 'accepts what has only one meaning' },
];

/** What a product would not take is said besides, where one is chosen. */
const forWhom: { value: string; name: string; about: string }[] = [
  { value: '', name: 'Any program', about: 'the standard alone' },
  ...[...products.values()].map(({ id, title }) => ({
    value: id,
    name: title,
    about: `and what ${title} would not take`,
  })),
];

type Choice = { profile: Profile; product: string };
const taskOf = (chosen: Chosen, { profile, product }: Choice): Task => ({
  ...chosen,
  profile,
  ...(product === '' ? {} : { product }),
});

export function TryFile() {
  const { state, check, reset, rowsOf } = useChecker();
  const [choice, setChoice] = useState<Choice>({ profile: 'default', product: '' });
  const [refusal, setRefusal] = useState<string>();
  const navigate = useNavigate();
  const begin = useCallback(
    (task: Task) => {
      navigate(paths.tryFile(), { replace: true, preventScrollReset: true });
      check(task);
    },
    [navigate, check],
  );
  const take = useCallback(
    (chosen: Chosen) => {
      const why = whyNot(chosen);
      setRefusal(why);
      if (!why) begin(taskOf(chosen, choice));
    },
    [begin, choice],
  );
  const over = useDrop(take);
  const choose = (made: Partial<Choice>) => {
    const next = { ...choice, ...made };
    setChoice(next);
    const { files, name } = state.step === 'done' || state.step === 'failed' ? state.task : {};
    if (files && name !== undefined) begin(taskOf({ files, name }, next));
  };
  const choices = (
    <>
      <Choices legend="How strict" of={profiles} value={choice.profile} onChoose={(profile) => choose({ profile })} />
      <Choices legend="For" of={forWhom} value={choice.product} onChoose={(product) => choose({ product })} />
    </>
  );
  return (
    <div data-over={over || undefined}>
      <Page
        title="Try a file"
        sentence={
          <>
            <strong>Your file stays on this computer.</strong> It is checked here, in your browser; nothing of it is
            sent.
          </>
        }
        acts={
          (state.step === 'done' || state.step === 'failed') && (
            <Button variant="default" onClick={reset}>
              Check another file
            </Button>
          )
        }
      >
        {refusal && <p role="alert">{refusal}</p>}
        {state.step === 'idle' && <DropArea onChosen={take} />}
        {state.step === 'checking' && <Checking state={state} onCancel={reset} />}
        {state.step === 'failed' && <Verdict mark="failed" words={state.sentence} />}
        {state.step === 'done' ? (
          <Done task={state.task} outcome={state.outcome} rowsOf={rowsOf} choices={choices} />
        ) : (
          state.step !== 'checking' && choices
        )}
      </Page>
    </div>
  );
}

function Choices<Value extends string>(props: {
  legend: string;
  of: readonly { value: Value; name: string; about: string }[];
  value: Value;
  onChoose: (value: Value) => void;
}) {
  const { legend, of, value, onChoose } = props;
  return (
    <fieldset className={css.choices}>
      <legend>{legend}</legend>
      {of.map((each) => (
        <label key={each.value}>
          <input type="radio" name={legend} checked={each.value === value} onChange={() => onChoose(each.value)} />
          <span>
            {each.name} <span className="soft">{each.about}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Checking(props: { state: Extract<CheckState, { step: 'checking' }>; onCancel: () => void }) {
  const { task, progress } = props.state;
  return (
    <Part title={`Checking ${task.name}`}>
      <p role="status" className="unseen">
        Checking
      </p>
      <Reading progress={progress} />
      <div>
        <Button variant="default" onClick={props.onCancel}>
          Cancel
        </Button>
      </div>
    </Part>
  );
}

/** The sentence that matters; it takes the focus, for what was in its place is gone. */
function Verdict({ mark, words }: { mark: React.ComponentProps<typeof Shape>['mark']; words: string }) {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus({ preventScroll: true }), []);
  const [, first, rest] = /^([^:]+:)(.*)$/s.exec(words) ?? [undefined, words, ''];
  return (
    <p ref={line} tabIndex={-1} className={css.verdict} role="status">
      <Shape mark={mark} />
      <span>
        <strong>{first}</strong>
        {rest}
      </span>
    </p>
  );
}

function Done(props: { task: Task; outcome: Outcome; rowsOf: FindingsOf['rowsOf']; choices: React.ReactNode }) {
  const { task, outcome, rowsOf, choices } = props;
  const { counts, summary, groups, total } = outcome;
  const sent = outcome.tables.filter(({ mode }) => mode !== 'absent');
  const mark = counts.fatal > 0 ? 'rejected' : counts.error > 0 ? 'needs you' : 'up to date';
  const sizeBytes = task.files.reduce((sum, file) => sum + file.size, 0);
  return (
    <>
      <Verdict mark={mark} words={outcome.verdict} />
      {summary.length > 0 && (
        <ul className={css.summary} aria-label="What follows">
          {summary.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <div className={css.told}>
        {sent.length > 0 && (
          <Part title="Records by kind">
            <CountsTable caption="Rows, and rows left out, by kind" kinds={sent} columns={checkColumns} />
          </Part>
        )}
        <Part title="File">
          <Facts
            facts={[
              ['Name', task.name],
              [
                'Size',
                `${size(sizeBytes)}${task.files.length > 1 ? ` in ${counted(task.files.length, 'file', 'files')}` : ''}`,
              ],
              ['Read as', outcome.format],
            ]}
          />
          {choices}
        </Part>
      </div>
      <Findings
        total={total}
        groups={groups}
        of={{ key: 'this check', to: (query) => paths.tryFile(query), rowsOf }}
        download={<Download csv={outcome.csv} name={`findings-of-${task.name.replace(/\.[^.]*$/, '')}.csv`} />}
      />
    </>
  );
}

/** The findings as a file that this browser has written itself. */
function Download({ csv, name }: { csv: Blob; name: string }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(csv);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [csv]);
  return (
    <a href={address} download={name}>
      Download all as CSV
    </a>
  );
}
