/** An address that leads nowhere. */

import { Link } from 'react-router';
import { Page } from '../parts/page.tsx';

export function NotFound() {
  return (
    <Page title="Nothing stands at this address" sentence="The link may be old, or cut off when it was copied.">
      <p>
        <Link to="/">Go to the overview</Link>
      </p>
    </Page>
  );
}
