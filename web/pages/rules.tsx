/** Every rule, for everybody: what is wrong, why it matters, how to put it right, with an example of both. */

import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { explain } from '../../src/core/rules/explain.ts';
import { rules } from '../../src/core/rules/index.ts';
import type { Rule } from '../../src/core/rules/rule.ts';
import { Difference } from '../parts/difference.tsx';
import { Facts } from '../parts/facts.tsx';
import { Shape } from '../parts/mark.tsx';
import { Page, Part } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { paths } from '../paths.ts';
import { capital, counted } from '../words.ts';
import css from './rules.module.css';

const severities = {
  fatal: { word: 'Fatal', mark: 'rejected', about: 'nothing of the delivery is taken' },
  error: { word: 'Error', mark: 'rejected', about: 'something is left out: the row, and what needs it' },
  warning: { word: 'Warning', mark: 'needs you', about: 'taken, and someone will probably notice' },
  info: { word: 'Info', mark: 'new', about: 'taken, worth knowing' },
} as const;

export function Rules() {
  const [search, setSearch] = useSearchParams();
  const severity = search.get('severity') ?? '';
  const words = search.get('q') ?? '';
  const all = useMemo(() => [...rules.values()], []);
  const wanted = words.toLowerCase();
  const found = all.filter(
    (rule) =>
      (severity === '' || rule.severity === severity) &&
      `${rule.id} ${rule.title} ${rule.why} ${rule.fix}`.toLowerCase().includes(wanted),
  );
  const set = (key: string, value: string) =>
    setSearch(
      (now) => {
        if (value) now.set(key, value);
        else now.delete(key);
        return now;
      },
      { replace: true },
    );
  return (
    <Page
      title="Rules"
      sentence={`What is looked for in a delivery: ${counted(all.length, 'rule', 'rules')}, each with its reason and how to put it right.`}
    >
      <div className={css.filters}>
        <NativeSelect
          aria-label="Severity"
          value={severity}
          onChange={(event) => set('severity', event.currentTarget.value)}
          data={[
            { value: '', label: 'All severities' },
            ...Object.entries(severities).map(([value, { word, about }]) => ({ value, label: `${word}: ${about}` })),
          ]}
        />
        <SearchField label="Search rules" value={words} onSearch={(given) => set('q', given)} />
      </div>
      {found.length === 0 && <p className="soft">No rule fits. Take a filter away to see more.</p>}
      <ul className={css.list} aria-label="Rules">
        {found.map((rule) => (
          <li key={rule.id}>
            <span className={css.severity}>
              <Shape mark={severities[rule.severity].mark} />
              {severities[rule.severity].word}
            </span>
            <div>
              <Link className={css.title ?? ''} to={paths.rule(rule.id)}>
                {rule.title}
              </Link>
              <div className="small soft">{rule.id}</div>
            </div>
          </li>
        ))}
      </ul>
    </Page>
  );
}

export function RulePage() {
  const { id = '' } = useParams();
  const rule = rules.get(id);
  if (!rule) {
    return (
      <Page title="There is no such rule" sentence="The link may be old, or cut off when it was copied.">
        <p>
          <Link to={paths.rules()}>All rules</Link>
        </p>
      </Page>
    );
  }
  return <One rule={rule} />;
}

function One({ rule }: { rule: Rule }) {
  const { severity, basis, versions, why, fix, given, example } = explain(rule);
  const { word, about } = severities[rule.severity];
  const others = (['strict', 'lenient'] as const).filter((profile) => severity[profile] !== severity.default);
  return (
    <Page
      title={rule.title}
      crumbs={[{ name: 'Rules', to: paths.rules() }, { name: rule.id }]}
      sentence={
        <span className={css.severity}>
          <Shape mark={severities[rule.severity].mark} />
          {word}: {about}.
        </span>
      }
    >
      <Part title="Why it matters">
        <p className={css.text}>{why}</p>
      </Part>
      <Part title="What to do in the SIS">
        <p className={css.text}>{fix}</p>
      </Part>
      {(example.length > 0 || given) && (
        <Part title="Example">
          {given && <p className={css.text}>{given}</p>}
          {example.length > 0 && <Difference lines={example} />}
        </Part>
      )}
      <Part title="More">
        <Facts
          facts={[
            ['Rule', <code key="id">{rule.id}</code>],
            ['From', capital(basis)],
            ['OneRoster', versions.join(', ')],
            [
              'Severity',
              others.length === 0
                ? `${word}, in every profile`
                : `${word}; ${others.map((profile) => `${severity[profile]} in the ${profile} profile`).join(', ')}`,
            ],
          ]}
        />
      </Part>
    </Page>
  );
}
