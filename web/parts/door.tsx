/** The small box in which somebody who is not signed in finds one form. */

import { Link } from 'react-router';
import css from './door.module.css';

type Props = { title: string; children: React.ReactNode; other?: { to: string; name: string }[] };

export function Door({ title, children, other = [] }: Props) {
  return (
    <main className={css.page}>
      <title>{`${title} · Homeroom`}</title>
      <div className={css.box}>
        <p className={css.brand}>
          <img src="/mark.svg" alt="" width="28" height="28" />
          Homeroom
        </p>
        <h1>{title}</h1>
        {children}
        {other.length > 0 && (
          <ul className={css.other}>
            {other.map(({ to, name }) => (
              <li key={to}>
                <Link to={to}>{name}</Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </main>
  );
}

/** What went wrong with a form, in the server's words. */
export function DoorTrouble({ children }: { children: React.ReactNode }) {
  return (
    <p className={css.trouble} role="alert">
      {children}
    </p>
  );
}
