/** Looking after people: who there is, invitations, addresses, roles, keys; and the audit log of what they did. */

import { type Context, Hono } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import type { HttpDeps } from './deps.ts';
import { lineOf, linesOf } from './fields.ts';
import type { KeyFacts, PersonFacts } from './people-deps.ts';
import type { SessionEnv } from './session.ts';

const pageSize = 100;
const role = z.enum(['owner', 'operator', 'administrator', 'viewer']);
const email = lineOf(254).trim().min(1);
const id = lineOf(100);
const peopleQuery = z.object({ district: id.optional(), after: lineOf(254).optional() });
const personBody = z.object({ email, name: lineOf(200).optional(), role, district: id.nullable().default(null) });
const changeBody = z.object({ role: role.optional(), name: lineOf(200).optional() });
const keyBody = z.object({
  key: linesOf(20_000).min(1),
  name: lineOf(100).optional(),
  expiresAt: z.coerce.date().optional(),
});
const auditQuery = z.object({
  person: id.optional(),
  district: id.optional(),
  act: lineOf(100).optional(),
  object: lineOf(500).optional(),
  from: z.coerce.date().optional(),
  until: z.coerce.date().optional(),
  before: z.uuid().optional(),
});

/** Routes behind a session; the house refuses what a role may not. */
export function peopleRoutes({ people }: HttpDeps, addressOf: (c: Context) => string) {
  const actor = (c: Context<SessionEnv>) => ({ ...c.get('account'), address: addressOf(c) });
  const done = async (c: Context<SessionEnv>, act: Promise<unknown>) => {
    await act;
    return c.json({ done: true });
  };
  return new Hono<SessionEnv>()
    .get(
      '/people',
      validator('query', (query) => peopleQuery.parse(query)),
      async (c) => {
        const { district: districtId, after } = c.req.valid('query');
        const found = await people.people(actor(c), { districtId, after, limit: pageSize + 1 });
        const rows = found.slice(0, pageSize);
        const more = found.length > pageSize ? (rows.at(-1)?.email ?? null) : null;
        return c.json({ rows: rows.map(personView), more });
      },
    )
    .post(
      '/people',
      validator('json', (body) => personBody.parse(body)),
      async (c) => {
        const { district: districtId, ...person } = c.req.valid('json');
        return c.json({ id: (await people.invite(actor(c), { ...person, districtId })).id });
      },
    )
    .get('/people/:id', async (c) => c.json(personView(await people.person(actor(c), c.req.param('id')))))
    .patch(
      '/people/:id',
      validator('json', (body) => changeBody.parse(body)),
      async (c) => {
        const change = c.req.valid('json');
        const given = {
          ...(change.role === undefined ? {} : { role: change.role }),
          ...(change.name === undefined ? {} : { name: change.name }),
        };
        return done(c, people.changePerson(actor(c), { id: c.req.param('id'), ...given }));
      },
    )
    .delete('/people/:id', async (c) => done(c, people.remove(actor(c), c.req.param('id'))))
    .post(
      '/people/:id/address',
      validator('json', (body) => z.object({ email }).parse(body)),
      async (c) => done(c, people.changeAddress(actor(c), { id: c.req.param('id'), email: c.req.valid('json').email })),
    )
    .post('/people/:id/invitation', async (c) => done(c, people.inviteAgain(actor(c), c.req.param('id'))))
    .post('/people/:id/reset', async (c) => done(c, people.sendReset(actor(c), c.req.param('id'))))
    .post('/people/:id/disable', async (c) => done(c, people.disable(actor(c), c.req.param('id'))))
    .post('/people/:id/enable', async (c) => done(c, people.enable(actor(c), c.req.param('id'))))
    .delete('/people/:id/second-factor', async (c) => done(c, people.takeSecondFactorAway(actor(c), c.req.param('id'))))
    .get('/people/:id/keys', async (c) => {
      const keys = await people.keys(actor(c), c.req.param('id'));
      return c.json({ keys: keys.map(keyView) });
    })
    .post(
      '/people/:id/keys',
      validator('json', (body) => keyBody.parse(body)),
      async (c) => {
        const { key: text, name, expiresAt } = c.req.valid('json');
        const key = { text, ...(name ? { name } : {}), ...(expiresAt ? { expiresAt } : {}) };
        return c.json({ key: keyView(await people.addKey(actor(c), { accountId: c.req.param('id'), ...key })) });
      },
    )
    .delete('/people/:id/keys/:key', async (c) =>
      done(c, people.removeKey(actor(c), { accountId: c.req.param('id'), id: c.req.param('key') })),
    )
    .get(
      '/audit',
      validator('query', (query) => auditQuery.parse(query)),
      async (c) => {
        const { person: accountId, district: districtId, ...rest } = c.req.valid('query');
        const found = await people.audit(actor(c), { accountId, districtId, ...rest, limit: pageSize + 1 });
        const rows = found.slice(0, pageSize);
        return c.json({ rows, older: found.length > pageSize ? (rows.at(-1)?.id ?? null) : null });
      },
    );
}

/** A key as it is shown: never its bytes, which stand in the file of whoever has it. */
export const keyView = ({ id, algorithm, fingerprint, name, createdAt, expiresAt, lastUsedAt }: KeyFacts) => ({
  id,
  algorithm,
  fingerprint,
  name,
  createdAt,
  expiresAt,
  lastUsedAt,
});

function personView(person: PersonFacts) {
  const { id, email, name, role, district, createdAt, disabledAt, hasPassword, hasSecondFactor, keys } = person;
  return {
    id,
    email,
    name,
    role,
    district: district && { id: district.id, siteCode: district.siteCode, name: district.name },
    createdAt,
    disabledAt,
    /** Nothing lets them in before they have set a password. */
    state: disabledAt ? ('disabled' as const) : hasPassword ? ('active' as const) : ('invited' as const),
    linkUntil: person.linkUntil,
    passwordSetAt: person.passwordSetAt,
    passwordUsedAt: person.passwordUsedAt,
    formerPasswordUntil: person.formerPasswordUntil,
    hasSecondFactor,
    keys,
  };
}
