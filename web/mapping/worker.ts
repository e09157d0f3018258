/** The thread that looks at sample files for the page of a mapping; nothing of them leaves the computer. */

import { draftOf, look, type Opened, openSample } from './look.ts';
import type { Asked, Said } from './messages.ts';

let opened: Promise<Opened> | undefined;

const say = (said: Said): void => postMessage(said);

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  obey(data).catch((error: unknown) =>
    say({ failed: `The files could not be looked at: ${error instanceof Error ? error.message : String(error)}` }),
  );
});

async function obey(asked: Asked): Promise<void> {
  if ('open' in asked) {
    opened = openSample(asked.open.files, asked.open.name);
    say({ opened: (await opened).samples.length });
  } else if ('look' in asked) {
    const { text, ask } = asked.look;
    say({ looked: await look(text, await opened, new Date()), ask });
  } else if (opened) say({ drafted: draftOf(await opened, asked.draft.title) });
}
