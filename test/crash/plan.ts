/** Which kills a crash run deals out: every named moment of every kind of victim first, and then by chance. */

import { type Kill, kills } from './lane.ts';

/** A source of chance that is the same for the same seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A named moment of every step in turn, then a moment by chance; now and then while a process starts up. */
export function dealer(seed: number): (step: number) => Kill {
  const draw = chance(seed);
  const among = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  let dealt = 0;
  return () => {
    const turn = dealt++;
    const victim = among(['process', 'process', 'process and database'] as const);
    if (turn % 8 === 7) return { victim, after: 'start', ms: Math.floor(draw() * 2500) };
    if (turn % 8 === 3) return { victim, after: 'begin', ms: Math.floor(draw() * 900) };
    if (turn % 8 === 5) return { victim, after: 'begin', ms: Math.floor(draw() * 150) };
    const at = kills[Math.floor(turn / 2) % kills.length] as (typeof kills)[number];
    if (turn % 8 === 6) return { victim: among(['database', 'connections'] as const), at };
    return { victim, at };
  };
}
