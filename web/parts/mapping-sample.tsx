/** Sample files before and after a mapping: columns with their first cells, the records that are made of them, and what is found. */

import { Button } from '@mantine/core';
import type { Looked, LookedColumn, LookedFile } from '../mapping/look.ts';
import { counted, plain } from '../words.ts';
import { type Column, ListTable, ListWaiting } from './list-table.tsx';
import css from './mapping-sample.module.css';

export function MappingSample(props: {
  looked: Looked | undefined;
  isLooking: boolean;
  onInsert: (column: string) => void;
}) {
  const { looked, isLooking, onInsert } = props;
  if (!looked) return <ListWaiting />;
  const { files, records, findings, counts, faults } = looked;
  return (
    <div className={css.sample} aria-busy={isLooking}>
      <p role="status" className="small soft">
        {isLooking ? 'Looking…' : sentenceOf(looked)}
      </p>
      {files.map((file) => (
        <section key={file.name} className={css.file} aria-label={file.name}>
          <h3>
            {file.name}{' '}
            {faults.length === 0 && <span className="soft">{file.readAs ? `read as ${file.readAs}` : 'not read'}</span>}
          </h3>
          <ListTable
            caption={`Columns of ${file.name}, with its first rows`}
            columns={columnsOf(file, onInsert, faults.length === 0)}
            list={{ rows: file.columns, error: null, retry: () => undefined }}
            keyOf={({ name }) => name}
            empty="The file is empty."
          />
        </section>
      ))}
      {faults.length > 0 ? (
        <p className="soft">What becomes of these rows stands here once the mapping has no fault.</p>
      ) : (
        <section className={css.file} aria-label="Records">
          <h3>Records that are made of them</h3>
          {records.length === 0 && <p className="soft">None.</p>}
          {records.map((made) => (
            <Made key={made.kind} {...made} />
          ))}
        </section>
      )}
      {counts && findings.length > 0 && (
        <section className={css.file} aria-label="Findings">
          <h3>
            {counted(
              Object.values(counts).reduce((sum, count) => sum + count, 0),
              'finding',
              'findings',
            )}
            <span className="soft">
              {' '}
              {counted(counts.fatal + counts.error, 'error', 'errors')},{' '}
              {counted(counts.warning, 'warning', 'warnings')}
            </span>
          </h3>
          <ul className={css.findings}>
            {findings.map(({ rule, severity, file, line, column, key, message }) => (
              <li key={[rule, file, line, column, key, message].join('|')} data-severity={severity}>
                <strong>{severity}</strong>{' '}
                <span className="soft">{[file, line && `line ${plain(line)}`].filter(Boolean).join(' ')}</span>{' '}
                {message}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function sentenceOf({ files, records, faults }: Looked): string {
  const read = files.filter(({ readAs }) => readAs !== '').length;
  if (faults.length > 0) return 'The mapping has faults.';
  const made = records.reduce((sum, one) => sum + one.made, 0);
  const taken = records.reduce((sum, one) => sum + one.taken, 0);
  const rest = taken < made ? `, of which ${plain(taken)} would be taken` : '';
  return `${read} of ${counted(files.length, 'file is', 'files are')} read; they make ${counted(made, 'record', 'records')}${rest}.`;
}

function columnsOf(
  { columns }: LookedFile,
  onInsert: (column: string) => void,
  isKnown: boolean,
): Column<LookedColumn>[] {
  const rows = Math.max(0, ...columns.map(({ values }) => values.length));
  return [
    {
      head: 'Column',
      width: '8rem',
      place: 'first',
      cell: ({ name, readAs }) => (
        <>
          <code className={css.name}>{name}</code>
          {isKnown && !readAs && <div className="small soft">not read</div>}
        </>
      ),
    },
    {
      head: 'Looks like',
      width: '8rem',
      place: 'named',
      cell: ({ meaning, why }) =>
        meaning && (
          <>
            {meaning} <span className="small soft">by {why}</span>
          </>
        ),
    },
    {
      head: `First ${counted(rows, 'row', 'rows')}`,
      place: 'named',
      cell: ({ values }) => <span className={css.cells}>{values.map((value) => value || '–').join(' · ')}</span>,
    },
    {
      head: 'Act',
      width: '5rem',
      number: true,
      cell: ({ name }) => (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          aria-label={`Insert ${name}`}
          onClick={() => onInsert(name)}
        >
          Insert
        </Button>
      ),
    },
  ];
}

function Made({ kind, made, taken, first }: Looked['records'][number]) {
  const fields = [...new Set(first.flatMap(Object.keys))];
  return (
    <div className={css.made}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={css.scroll} aria-label={`First ${kind}`} tabIndex={0}>
        <table>
          <caption>
            <strong>{kind}</strong>{' '}
            <span className="soft">
              {plain(made)}
              {taken < made && `, of which ${plain(taken)} would be taken`}
            </span>
          </caption>
          <tbody>
            {fields.map((field) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                {first.map((record, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: first, second and third record
                  <td key={at}>{record[field] ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
