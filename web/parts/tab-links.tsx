/** A row of links of which one is where one is: states of a list, parts of a page. */

import { Link } from 'react-router';
import css from './tab-links.module.css';

export type TabLink = { name: string; note?: string; to: string; isCurrent: boolean };

/** @param stays the page does not jump to its top when another one is chosen. `isSmall`: beside a heading. */
export function TabLinks(props: { label: string; links: TabLink[]; stays?: boolean; isSmall?: boolean }) {
  const { label, links, stays = false, isSmall = false } = props;
  return (
    <nav aria-label={label} className={css.tabs} data-small={isSmall}>
      {links.map(({ name, note, to, isCurrent }) => (
        <Link key={name} to={to} preventScrollReset={stays} aria-current={isCurrent ? 'page' : undefined}>
          {name}
          {note && <span> {note}</span>}
        </Link>
      ))}
    </nav>
  );
}
