/** Every preset, and the one that an address belongs to. */
import { aeries } from './aeries.ts';
import { aspen } from './aspen.ts';
import { blackbaud } from './blackbaud.ts';
import { classlink } from './classlink.ts';
import { classlinkProxy } from './classlink-proxy.ts';
import { clever } from './clever.ts';
import { edsembli } from './edsembli.ts';
import { eschoolplus } from './eschoolplus.ts';
import { gg4l } from './gg4l.ts';
import { infiniteCampus } from './infinite-campus.ts';
import { kimono } from './kimono.ts';
import { loginToken } from './login-token.ts';
import { powerschool } from './powerschool.ts';
import type { Elsewhere, Preset, Shown } from './preset.ts';
import { rediker } from './rediker.ts';
import { sandbox } from './sandbox.ts';
import { skyward } from './skyward.ts';
import { skywardQmlativ } from './skyward-qmlativ.ts';
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
  skywardQmlativ,
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
  loginToken,
];

/** Systems that people take for such, and from which nothing can be pulled. */
export const elsewhere: readonly Elsewhere[] = [clever];

/** The first that any of the addresses belongs to. */
export function presetFor(...urls: (string | null | undefined)[]): Preset | undefined {
  return belonging(presets, urls);
}

export const elsewhereFor = (...urls: (string | null | undefined)[]): Elsewhere | undefined =>
  belonging(elsewhere, urls);

/** The one whose API this shows to be, where its address says nothing. */
export const presetShown = (seen: Shown): Preset | undefined => presets.find(({ shows }) => shows?.(seen));

function belonging<T extends Elsewhere | Preset>(
  all: readonly T[],
  urls: (string | null | undefined)[],
): T | undefined {
  const given = urls.flatMap((url) => (url && URL.canParse(url) ? [new URL(url)] : []));
  return all.find((each) => given.some((url) => each.matches(url)));
}
