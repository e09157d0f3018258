/** The frame of every page: one title, one line that says the state in a sentence, acts at the right, then content. */

import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { ApiTrouble } from '../api.ts';
import css from './page.module.css';

type Crumb = { name: string; to?: string };

export function Page(props: {
  title: string;
  /** What of it is looked at, for the title of the window. */
  part?: string | undefined;
  /** For the browser's own title, where the page's names a person. */
  tabTitle?: string;
  crumbs?: Crumb[];
  sentence?: React.ReactNode;
  acts?: React.ReactNode;
  children: React.ReactNode;
}) {
  const { title, tabTitle = title, part, crumbs = [], sentence, acts, children } = props;
  return (
    <div className={css.page}>
      <title>{`${part ? `${part} · ` : ''}${tabTitle} · Homeroom`}</title>
      {crumbs.length > 0 && (
        <nav aria-label="Breadcrumb" className={css.crumbs}>
          <ol>
            {crumbs.map(({ name, to }) => (
              <li key={name}>{to ? <Link to={to}>{name}</Link> : <span aria-current="page">{name}</span>}</li>
            ))}
          </ol>
        </nav>
      )}
      <header className={css.head}>
        <h1>{title}</h1>
        {acts && <div className={css.acts}>{acts}</div>}
        {sentence && <div className={css.sentence}>{sentence}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under its own heading; `aside` stands at the right of the heading. */
export function Part(props: { title: string; aside?: React.ReactNode; children: React.ReactNode; id?: string }) {
  return (
    <section className={css.part} aria-label={props.title} id={props.id}>
      <div className={css.partHead}>
        <h2>{props.title}</h2>
        {props.aside && <div className="small soft">{props.aside}</div>}
      </div>
      {props.children}
    </section>
  );
}

/** What went wrong with loading, in the server's words, and a way to try again where that can help. */
export function Trouble({ error, retry }: { error: Error; retry: () => void }) {
  const final = error instanceof ApiTrouble && error.status >= 400 && error.status < 500;
  return (
    <div className={css.trouble} role="alert">
      <p>{error.message}</p>
      {!final && (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
