/** Every screen of deliveries, rosters and sources in a real Chromium: what a program can see of its accessibility. */

import { consoleLane } from './lane.ts';
import { deliveryScreens } from './screens.ts';
import { seeSound } from './sound.ts';

seeSound(consoleLane(), deliveryScreens);
