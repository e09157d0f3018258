/** What the pages about a roster and its records ask of the server. */

import type { InferRequestType, InferResponseType } from 'hono/client';
import { bodyOf, client, filled } from './api.ts';

type Values = Record<string, string>;
type Place = { roster: string; kind: string; id: string };
type At = string | undefined;

const one = client.rosters[':roster'].records[':kind'][':id'];

export const rosterApi = {
  roster: (roster: string) => bodyOf(client.rosters[':roster'].$get({ param: { roster } })),
  page: (roster: string, json: RosterSearch) =>
    bodyOf(client.rosters[':roster'].search.$post({ param: { roster }, json })),
  timeline: (param: Place, at: At) => bodyOf(one.history.$get({ param, query: filled({ at }) as never })),
  around: (param: Place, at: At) => bodyOf(one.around.$get({ param, query: filled({ at }) as never })),
  why: (roster: string, json: { user: string; class: string }) =>
    bodyOf(client.rosters[':roster'].why.$post({ param: { roster }, json })),
  add: (roster: string, kind: string, values: Values) =>
    bodyOf(client.rosters[':roster'].records[':kind'].$post({ param: { roster, kind }, json: { values } })),
  edit: (param: Place, values: Values, seen: string) =>
    bodyOf(one.$patch({ param, json: { values, seen: seen as never } })),
  archive: (param: Place, seen: string) => bodyOf(one.archive.$post({ param, json: { seen: seen as never } })),
  reactivate: (param: Place) => bodyOf(one.reactivate.$post({ param })),
  release: (param: Place, seen: string) => bodyOf(one.release.$post({ param, json: { seen: seen as never } })),
  handBack: (param: Place) => bodyOf(one['hand-back'].$post({ param })),
};

/** The address of the roster as OneRoster CSV, as it is or was. */
export const exportAddress = (roster: string, at: At): string =>
  `/api/console/rosters/${encodeURIComponent(roster)}/export.zip${at ? `?${new URLSearchParams({ at })}` : ''}`;

export type RosterSearch = InferRequestType<(typeof client.rosters)[':roster']['search']['$post']>['json'];
export type Roster = InferResponseType<(typeof client.rosters)[':roster']['$get']>;
export type RosterRow = InferResponseType<(typeof client.rosters)[':roster']['search']['$post']>['rows'][number];
export type Timeline = InferResponseType<typeof one.history.$get>;
export type LiveRecord = NonNullable<Timeline['record']>;
export type Around = InferResponseType<typeof one.around.$get>;
export type Why = InferResponseType<(typeof client.rosters)[':roster']['why']['$post']>;
