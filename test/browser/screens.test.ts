/** Every screen of the console but those of deliveries in a real Chromium: what a program can see of its accessibility. */

import { consoleLane } from './lane.ts';
import { otherScreens } from './screens.ts';
import { seeSound } from './sound.ts';

seeSound(consoleLane(), otherScreens);
