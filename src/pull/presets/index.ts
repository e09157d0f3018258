/** Every preset, and the one that an address belongs to. */
import { aeries } from './aeries.ts';
import { aspen } from './aspen.ts';
import { blackbaud } from './blackbaud.ts';
import { classlink } from './classlink.ts';
import { classlinkProxy } from './classlink-proxy.ts';
import { edsembli } from './edsembli.ts';
import { eschoolplus } from './eschoolplus.ts';
import { gg4l } from './gg4l.ts';
import { infiniteCampus } from './infinite-campus.ts';
import { kimono } from './kimono.ts';
import { powerschool } from './powerschool.ts';
import type { Preset } from './preset.ts';
import { rediker } from './rediker.ts';
import { sandbox } from './sandbox.ts';
import { skyward } from './skyward.ts';
import { synergy } from './synergy.ts';
import { unifiedClassroom } from './unified-classroom.ts';
import { untis } from './untis.ts';

export const presets: readonly Preset[] = [
  unifiedClassroom,
  classlinkProxy,
  classlink,
  infiniteCampus,
  eschoolplus,
  powerschool,
  skyward,
  aeries,
  synergy,
  blackbaud,
  aspen,
  rediker,
  untis,
  gg4l,
  kimono,
  edsembli,
  sandbox,
];

/** The first that any of the addresses belongs to. */
export function presetFor(...urls: (string | null | undefined)[]): Preset | undefined {
  const given = urls.flatMap((url) => (url && URL.canParse(url) ? [new URL(url)] : []));
  return presets.find((preset) => given.some((url) => preset.matches(url)));
}
