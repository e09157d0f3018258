/** Log lines are JSON with ids and counts; names, addresses and cell values never get here. */
import pino from 'pino';

export type Log = pino.Logger;

/** @param level trace, debug, info, warn, error or silent. Lines go to standard error, so that standard output stays clean. */
export function createLog(level: string): Log {
  return pino(
    { name: 'homeroom', level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
