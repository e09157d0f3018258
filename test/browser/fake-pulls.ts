/** An API of an invented district that is always there, for tests of the console without a house. */
import { pullSettingViews } from '../../src/core/pull-settings.ts';
import { Refusal } from '../../src/core/refusal.ts';
import type { ProbeFacts, PullFacts, PullHttpDeps } from '../../src/http/pull-deps.ts';

const connection = {
  address: 'https://sis.example.org/ims/oneroster/v1p1',
  tokenUrl: 'https://sis.example.org/oauth/token',
  clientId: 'key-123',
  preset: null,
  settings: {},
};

const counts = {
  orgs: 12,
  academicSessions: 6,
  courses: 140,
  classes: 820,
  users: 6_400,
  demographics: 4_100,
  enrollments: 31_000,
};

const probed: ProbeFacts = {
  id: '0192d3a4-0000-7000-8000-00000000b001',
  state: 'done',
  steps: [
    {
      id: 'way in',
      title: 'Key and secret',
      state: 'ok',
      words: 'A token was given by sis.example.org (key and secret in the header, with scopes).',
    },
    { id: 'address', title: 'Address of the API', state: 'ok', words: connection.address },
    ...Object.entries(counts).map(([name, count]) => ({
      id: name,
      title: name,
      state: 'ok' as const,
      words: `${count.toLocaleString('en')} records of ${name}.`,
      count,
    })),
  ],
  report: {
    isReady: true,
    version: '1.1',
    preset: null,
    connection,
    collections: Object.entries(counts).map(([name, count]) => ({
      name,
      state: 'ok',
      count,
      rows: Math.min(count, 100),
      words: `${count.toLocaleString('en')} records of ${name}.`,
      sample: { sourcedId: 'x-000' },
    })),
    abilities: {
      pageLimit: 1000,
      totals: true,
      links: false,
      offset: 'yes',
      sort: 'yes',
      filter: 'yes',
      changes: 'yes',
    },
    remarks: [
      {
        rule: 'api-page-capped',
        collection: 'enrollments',
        words: 'The server hands out fewer records of enrollments at once than it is asked for.',
      },
    ],
    trouble: null,
    said: null,
  },
};

const pull: PullFacts = {
  id: '0192d3a4-0000-7000-8000-00000000b002',
  scope: 'full',
  state: 'pulling',
  askedBy: 'owner@vendor.example',
  createdAt: new Date('2026-11-21T16:38:00Z'),
  startedAt: new Date('2026-11-21T16:38:01Z'),
  finishedAt: null,
  nextAt: null,
  attempts: 1,
  progress: [
    { collection: 'orgs', state: 'done', rows: 12, total: 12 },
    { collection: 'users', state: 'reading', rows: 2_000, total: 6_400 },
  ],
  trouble: null,
  syncId: null,
};

const lastNight: PullFacts = {
  ...pull,
  id: '0192d3a4-0000-7000-8000-00000000b004',
  scope: 'changes',
  state: 'done',
  askedBy: null,
  createdAt: new Date('2026-11-21T08:00:00Z'),
  startedAt: new Date('2026-11-21T08:00:02Z'),
  finishedAt: new Date('2026-11-21T08:04:40Z'),
  progress: [],
  syncId: 'sync-cedar-falls-math-14',
};

export function fakePulls(): PullHttpDeps {
  const api = { ...connection, changedAt: new Date('2026-11-20T10:00:00Z'), settings: pullSettingViews({}) };
  return {
    presets: () => [{ id: 'classlink', title: 'ClassLink Roster Server', hints: [] }],
    startProbe: async () => ({ ...probed, state: 'running', report: null }),
    probe(_, id) {
      if (id !== probed.id) throw new Refusal('not-found', 404, 'There is no such probe, or it is not yours to see.');
      return probed;
    },
    addApi: async () => ({ id: '0192d3a4-0000-7000-8000-00000000b003' }),
    api: async () => api,
    changeApi: async () => api,
    ask: async () => pull,
    pulls: async () => [pull, lastNight],
    pull: async () => pull,
  };
}
