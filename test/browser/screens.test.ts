/** Every screen of the console in a real Chromium: what a program can see of its accessibility, in light and dark, wide and narrow. */

import { consoleLane } from './lane.ts';
import { screens } from './screens.ts';
import { seeSound } from './sound.ts';

seeSound(consoleLane(), screens);
