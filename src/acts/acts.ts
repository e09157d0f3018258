/** What operators can do, as one object of functions: behind the command line, the control socket and the tests. */

import { alertActs } from './alerts.ts';
import { byHandActs } from './by-hand.ts';
import { deliveryActs } from './deliveries.ts';
import type { ActsDeps } from './deps.ts';
import { exportActs } from './exports.ts';
import { formatActs } from './formats.ts';
import { mailActs } from './mails.ts';
import { peopleActs } from './people.ts';
import { planActs } from './plans.ts';
import { pullActs } from './pulls.ts';
import { recordActs } from './records.ts';
import { setUpActs } from './set-up.ts';
import { sftpActs } from './sftp.ts';
import { sourceSettingActs } from './source-settings.ts';
import { undoActs } from './undo.ts';
import { webhookActs } from './webhooks.ts';
import { whyActs } from './why.ts';

export type Acts = ReturnType<typeof createActs>;

/** Every act takes one plain object and answers plain data, so that it can be called through a socket too. */
export function createActs(deps: ActsDeps) {
  return {
    ...setUpActs(deps),
    ...peopleActs(deps),
    ...deliveryActs(deps),
    ...recordActs(deps),
    ...planActs(deps),
    ...whyActs(deps),
    ...exportActs(deps),
    ...formatActs(deps),
    ...mailActs(deps),
    ...sourceSettingActs(deps),
    ...sftpActs(deps),
    ...byHandActs(deps),
    ...undoActs(deps),
    ...alertActs(deps),
    ...webhookActs(deps),
    ...pullActs(deps),
  };
}
