/** Stands in the place of a roster's pages for people who see no pupil data. */

import { Page } from './page.tsx';

export function NotForViewers({ title }: { title: string }) {
  return (
    <Page title={title}>
      <p>
        Records are for administrators of the district and for your vendor. You see counts and findings of each sync.
      </p>
    </Page>
  );
}
