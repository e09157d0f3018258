/** What the house runs with: versions, addresses, keys, and every setting of its environment. */

import { useQuery } from '@tanstack/react-query';
import { CopyValue } from '../parts/copy.tsx';
import { Facts } from '../parts/facts.tsx';
import { type Column, ListTable, ListWaiting } from '../parts/list-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { type House as HouseFacts, setUpApi } from '../set-up-api.ts';
import { counted, size, span } from '../words.ts';
import css from './house.module.css';

const columns: Column<HouseFacts['settings'][number]>[] = [
  {
    head: 'Setting',
    width: '22rem',
    place: 'first',
    cell: ({ env, isSet }) =>
      isSet ? <strong className={css.env}>{env}</strong> : <span className={css.env}>{env}</span>,
  },
  {
    head: 'Value',
    width: '16rem',
    place: 'line',
    cell: ({ env, shown, isSecret }) =>
      isSecret ? <em>{shown}</em> : shown === '' ? <span className="soft">empty</span> : toldValue(env, shown),
  },
  { head: 'What it is', place: 'line', cell: ({ doc }) => <span className="soft">{doc}</span> },
];

export function House() {
  const { data, error, refetch } = useQuery({ queryKey: ['house'], queryFn: setUpApi.house });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <ListWaiting />;
  const { keys, sftp } = data;
  return (
    <>
      <Part title="Program">
        <Facts
          facts={[
            ['Homeroom', data.version],
            ['Node', data.node],
            ['PostgreSQL', `${data.database}, ${data.isOwnDatabase ? 'of your own' : 'private, in the data folder'}`],
            ['Mails', data.hasMailServer ? 'Sent by a mail server' : 'No mail server is set: they are kept, see Mails'],
          ]}
        />
      </Part>
      <Part title="SFTP">
        {sftp ? (
          <Facts
            facts={[
              ['Host and port', `${sftp.host}, port ${sftp.port}`],
              [
                'Fingerprints',
                <ul key="prints" className={css.prints}>
                  {sftp.fingerprints.map(({ type, fingerprint }) => (
                    <li key={type}>
                      <CopyValue name={`fingerprint (${type})`} value={fingerprint} />
                    </li>
                  ))}
                </ul>,
              ],
            ]}
          />
        ) : (
          <p>The SFTP server does not run here.</p>
        )}
      </Part>
      <Part title="Keys for what is kept">
        <p className={css.text}>
          {keys.count === 1
            ? 'One key encrypts the archive and stored secrets.'
            : `${counted(keys.count, 'key', 'keys')} can read what is kept: they are being changed. The first encrypts; the others go once nothing needs them.`}{' '}
          {keys.areSetting
            ? 'They are the setting HOMEROOM_ARCHIVE_KEY: put a new one before it, start anew, then rotate.'
            : 'It lies in the data folder.'}{' '}
          To change it: <CopyValue name="command" value="homeroom keys rotate" />
        </p>
      </Part>
      <Part
        title="Settings of the environment"
        aside="Strong: other than the default. They are read when the server starts."
      >
        <ListTable
          caption="Settings of the environment"
          columns={columns}
          list={{ rows: data.settings, error: null, retry: () => undefined }}
          keyOf={({ env }) => env}
          empty=""
        />
      </Part>
    </>
  );
}

/** With what a large number of bytes or milliseconds comes to. */
function toldValue(env: string, shown: string): string {
  const number = Number(shown);
  if (env.endsWith('_BYTES')) return `${shown} (${size(number)})`;
  return env.endsWith('_MS') ? `${shown} (${span(number)})` : shown;
}
