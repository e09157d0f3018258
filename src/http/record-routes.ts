/** Records of a roster over the console's API: one record, and what people do to those that they keep. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf } from './fields.ts';
import { placeOf } from './own-roster.ts';
import type { RecordDone, RecordView } from './record-deps.ts';
import type { SessionEnv } from './session.ts';

const valuesField = z
  .record(lineOf(120).min(1), lineOf(4000))
  .refine((values) => Object.keys(values).length <= 100, 'it holds more than 100 values');
const seenField = z.iso.datetime().transform((text) => new Date(text));
const addBody = z.object({ values: valuesField }).strict();
const editBody = z.object({ values: valuesField, seen: seenField }).strict();
const seenBody = z.object({ seen: seenField }).strict();

/** Routes behind a session; a roster of another district is answered like one that does not exist. */
export function recordRoutes(deps: HttpDeps, addressOf: (c: Context) => string) {
  const by = (c: Context<SessionEnv>) => ({ accountId: c.get('account').id, address: addressOf(c) });
  const one = '/rosters/:roster/records/:kind/:id' as const;
  return new Hono<SessionEnv>()
    .post(
      '/rosters/:roster/records/:kind',
      validator('json', (body) => addBody.parse(body)),
      async (c) => {
        const { rosterId, kind } = await placeOf(deps, c);
        return c.json(done(await deps.records.add({ rosterId, kind, ...c.req.valid('json') }, by(c))), 201);
      },
    )
    .get(one, async (c) => {
      const record = await deps.records.read(await placeOf(deps, c));
      if (!record) throw notFound('record');
      return c.json({ ...viewOf(record), pointsToArchived: record.pointsToArchived });
    })
    .patch(
      one,
      validator('json', (body) => editBody.parse(body)),
      async (c) =>
        c.json(done(await deps.records.edit({ ...(await placeOf(deps, c)), ...c.req.valid('json') }, by(c)))),
    )
    .post(
      `${one}/archive`,
      validator('json', (body) => seenBody.parse(body)),
      async (c) =>
        c.json(done(await deps.records.archive({ ...(await placeOf(deps, c)), ...c.req.valid('json') }, by(c)))),
    )
    .post(`${one}/reactivate`, async (c) => c.json(done(await deps.records.reactivate(await placeOf(deps, c), by(c)))))
    .post(
      `${one}/release`,
      validator('json', (body) => seenBody.parse(body)),
      async (c) =>
        c.json(done(await deps.records.release({ ...(await placeOf(deps, c)), ...c.req.valid('json') }, by(c)))),
    )
    .post(`${one}/hand-back`, async (c) => c.json(done(await deps.records.handBack(await placeOf(deps, c), by(c)))));
}

const done = ({ record, remarks }: RecordDone) => ({ record: viewOf(record), remarks });

/** With the reason why it is read only, where it is. */
export function viewOf(record: RecordView) {
  const { kind, sourcedId, fields, metadata, status, dateLastModified, owner, released } = record;
  const source = owner === 'manual' ? null : (owner.name ?? 'that is gone');
  const readOnly =
    source === null
      ? null
      : `Managed by the SIS: the source ${source} sends it, and its next delivery would undo what is changed here.`;
  return { kind, sourcedId, fields, metadata, status, dateLastModified, owner, released, readOnly };
}
