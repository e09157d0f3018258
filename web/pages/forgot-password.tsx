/** For those who have forgotten their password: a mail with a link that sets a new one. */

import { Door } from '../parts/door.tsx';
import { paths } from '../paths.ts';
import { AskForLink } from './set-password.tsx';

export function ForgotPassword() {
  return (
    <Door title="Set a new password" other={[{ to: paths.signIn(), name: 'Back to signing in' }]}>
      <p>You get a mail with a link. It works once, within 24 hours.</p>
      <AskForLink />
    </Door>
  );
}
