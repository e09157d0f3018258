/** Everything that a district needs to send its roster by SFTP: values to copy, ready command lines, and a test. */

import { Button, NativeSelect, Tabs, Textarea } from '@mantine/core';
import '@mantine/core/styles/Tabs.layer.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { queries, type SourceRow } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { ByApi } from '../parts/by-api.tsx';
import { CopyBlock, CopyValue } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { type DistrictContext, useDistrict } from '../parts/district-frame.tsx';
import { Facts } from '../parts/facts.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { paths } from '../paths.ts';
import { type Connection as ConnectionFacts, setUpApi } from '../set-up-api.ts';
import { dueInWords, size, windowInWords } from '../words.ts';
import css from './connection.module.css';

export function Connection() {
  const { district, person } = useDistrict();
  const [search] = useSearchParams();
  const { sources } = district;
  const wanted = search.get('source');
  const chosen = sources.find(({ id }) => id === wanted) ?? sources.find(({ kind }) => kind === 'sftp') ?? sources[0];
  if (!chosen) {
    return (
      <p className="soft">
        No source is set up yet, so there is nothing to connect to.{person.district && ' Your vendor does this.'}
      </p>
    );
  }
  const links = sources.map(({ id, product, name }) => ({
    name: `${product.name}, ${name}`,
    to: paths.connection(district.id, { source: id }),
    isCurrent: id === chosen.id,
  }));
  return (
    <>
      {sources.length > 1 && <TabLinks label="Source" links={links} stays />}
      {chosen.kind === 'sftp' && <BySftp source={chosen} {...{ district, person }} />}
      {chosen.kind === 'upload' && <ByUpload source={chosen} mayUpload={person.role !== 'viewer'} />}
      {chosen.kind === 'pull' && <ByApi sourceId={chosen.id} mayChange={person.role !== 'viewer'} />}
    </>
  );
}

function BySftp({ source, district, person }: DistrictContext & { source: SourceRow }) {
  const [search, setSearch] = useSearchParams();
  const isVendor = person.district === null;
  const people = useQuery({
    queryKey: ['people', { district: district.id }],
    queryFn: () => setUpApi.people({ district: district.id }),
    enabled: isVendor,
  });
  const shownFor = search.get('person') ?? people.data?.rows[0]?.id;
  const { data, error, refetch } = useQuery({
    queryKey: ['connection', source.id, shownFor],
    queryFn: () => setUpApi.connection(source.id, shownFor),
    enabled: !isVendor || people.data !== undefined,
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <ListWaiting />;
  return (
    <>
      {isVendor && (
        <NativeSelect
          className={css.person ?? ''}
          label="As it is for"
          description="The user and the ready lines are those of this person. They see the same page when they sign in."
          value={shownFor ?? ''}
          disabled={people.data?.rows.length === 0}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setSearch((now) => {
              now.set('person', value);
              return now;
            });
          }}
          data={
            people.data && people.data.rows.length > 0
              ? people.data.rows.map(({ id, email }) => ({ value: id, label: email }))
              : [{ value: '', label: 'Nobody of the district has been invited yet' }]
          }
        />
      )}
      <Place data={data} />
      <Ready data={data} />
      <WhatToSend data={data} />
      <Part title="3. Try it">
        <p className={css.text}>
          A test file is checked as a delivery would be, and you read what would become of it. Nothing is changed by it.
        </p>
        <div className={css.row}>
          {person.role !== 'viewer' && (
            <Button variant="default" component={Link} to={paths.upload(source.id, { test: 'yes' })}>
              Send a test file from here
            </Button>
          )}
          <span>
            or by SFTP into <CopyValue name="test folder" value={data.testPath} />
          </span>
        </div>
      </Part>
      <Networks data={data} mayChange={person.role !== 'viewer'} />
    </>
  );
}

function Place({ data }: { data: ConnectionFacts }) {
  return (
    <Part title="1. Where to send it">
      <Facts
        facts={[
          ['Host', <CopyValue key="host" name="host" value={data.host} />],
          ['Port', <CopyValue key="port" name="port" value={String(data.port)} />],
          ['User', <CopyValue key="user" name="user" value={data.user} />],
          [
            'Password',
            <span key="password">
              the one that you set yourself; or{' '}
              <Link className="underlined" to={paths.account()}>
                register a public key
              </Link>
            </span>,
          ],
          ['Folder', <CopyValue key="folder" name="folder" value={data.path} />],
          [
            data.fingerprints.length === 1 ? 'Fingerprint' : 'Fingerprints',
            <ul key="prints" className={css.plain}>
              {data.fingerprints.map(({ type, fingerprint }) => (
                <li key={type}>
                  <CopyValue name={`fingerprint (${type})`} value={fingerprint} />{' '}
                  <span className="small soft">{type}</span>
                </li>
              ))}
            </ul>,
          ],
          ['Reports', <CopyValue key="reports" name="reports folder" value={data.reportsPath} />],
        ]}
      />
      <p className="small soft">
        On first contact your client shows a fingerprint. Go on only if it is one of these. What came of each file is
        told in the folder of the reports.
      </p>
    </Part>
  );
}

function WhatToSend({ data }: { data: ConnectionFacts }) {
  const { due, window, fileName, formats, fileLimitBytes } = data;
  return (
    <Part title="2. What to send, and when">
      <p className={css.text}>
        <code>{fileName ?? 'OneRoster.zip'}</code>, always under the same name, at most {size(fileLimitBytes)}.{' '}
        {due ? `It is due ${dueInWords(due)}.` : 'It is not due at a certain time.'}
        {window && ` Files are awaited ${windowInWords(window)}.`}
      </p>
      <p className={css.text}>
        {formats.length === 1 ? 'It is read as ' : 'It is read as one of: '}
        {formats.map(({ id, title }, at) => (
          <span key={id}>
            {at > 0 && ', '}
            <Link to={paths.format(id)}>{title}</Link>
          </span>
        ))}
        . You can{' '}
        <Link className="underlined" to={paths.tryFile()}>
          try a file
        </Link>{' '}
        in your browser first; it stays on your computer.
      </p>
    </Part>
  );
}

const clients = { sftp: 'OpenSSH', WinSCP: 'WinSCP', lftp: 'lftp', curl: 'curl' } as const;

function Ready({ data }: { data: ConnectionFacts }) {
  return (
    <Part title="Ready lines for your client">
      <Tabs defaultValue="sftp" keepMounted={false}>
        <Tabs.List aria-label="Client">
          {data.commands.map(({ client }) => (
            <Tabs.Tab key={client} value={client}>
              {clients[client]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {data.commands.map(({ client, text, use }) => (
          <Tabs.Panel key={client} value={client} className={css.panel ?? ''}>
            <p>{use} It asks for the password, so that none stands in a script.</p>
            <CopyBlock name={`lines for ${clients[client]}`} text={text} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Part>
  );
}

function Networks({ data, mayChange }: { data: ConnectionFacts; mayChange: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Part title="From where SFTP may be reached">
      <p className={css.text}>
        {data.networks.length === 0 ? (
          'From everywhere. You can allow the addresses of your district alone.'
        ) : (
          <>
            From these networks alone:{' '}
            {data.networks.map((network, at) => (
              <span key={network}>
                {at > 0 && ', '}
                <code>{network}</code>
              </span>
            ))}
          </>
        )}
      </p>
      {mayChange && (
        <div>
          <Button variant="default" onClick={() => setOpen(true)}>
            {data.networks.length === 0 ? 'Allow certain networks only' : 'Change the networks'}
          </Button>
        </div>
      )}
      {isOpen && <NetworksDialog districtId={data.district.id} now={data.networks} onClose={() => setOpen(false)} />}
    </Part>
  );
}

function NetworksDialog({ districtId, now, onClose }: { districtId: string; now: string[]; onClose: () => void }) {
  const [text, setText] = useState(now.join('\n'));
  const set = useMutation({
    mutationFn: () =>
      setUpApi.setNetworks(
        districtId,
        text
          .split(/[\s,;]+/)
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['connection'] });
      onClose();
    },
  });
  return (
    <Dialog title="From where SFTP may be reached" onClose={onClose}>
      <ActForm
        error={set.error}
        submit="Save"
        isBusy={set.isPending}
        isWide
        onSubmit={() => set.mutate()}
        onCancel={onClose}
      >
        <Textarea
          data-autofocus
          label="Networks"
          description="One on each line, for example 203.0.113.7 or 203.0.113.0/24. Empty: from everywhere. It holds for all sources of the district."
          rows={5}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </ActForm>
    </Dialog>
  );
}

function ByUpload({ source, mayUpload }: { source: SourceRow; mayUpload: boolean }) {
  return (
    <Part title="Upload in the browser">
      <p className={css.text}>
        Files of this source are uploaded here, by hand. <Link to={paths.tryFile()}>Try a file</Link> first if you like:
        that check stays on your computer.
      </p>
      {mayUpload ? (
        <div>
          <Button component={Link} to={paths.upload(source.id)}>
            Upload a delivery
          </Button>
        </div>
      ) : (
        <p className="soft">An administrator of your district or your vendor uploads.</p>
      )}
    </Part>
  );
}
