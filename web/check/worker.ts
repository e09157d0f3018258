/** The checker's own thread: reads and checks one delivery, and keeps what was found for as long as it is looked at. */

import { type Checked, checkFiles } from './check-files.ts';
import type { Asked, Said } from './messages.ts';

const progressMs = 100;
let checked: Checked | undefined;

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  if ('check' in data) {
    run(data.check).catch((error: unknown) => say({ failed: sentenceOf(error) }));
  } else if (checked) {
    const { ask, rule, page } = data.rows;
    say({ rows: { ask, ...checked.rows(rule, page) } });
  }
});

const say = (said: Said): void => postMessage(said);

async function run(task: Extract<Asked, { check: unknown }>['check']): Promise<void> {
  let saidAt = 0;
  checked = await checkFiles(task, (progress) => {
    const now = performance.now();
    if (now - saidAt < progressMs) return;
    saidAt = now;
    say({ progress });
  });
  say({ done: checked.outcome });
}

function sentenceOf(error: unknown): string {
  if (error instanceof DOMException && (error.name === 'NotReadableError' || error.name === 'NotFoundError'))
    return 'The file can no longer be read: it was changed, moved or locked after it was chosen. Choose it again.';
  return `The check stopped because of a fault in Homeroom: ${error instanceof Error ? error.message : String(error)}`;
}
