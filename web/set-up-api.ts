/** The calls of the pages that set things up: districts, sources, people, products. */

import type { InferResponseType } from 'hono/client';
import { bodyOf, client, filled } from './api.ts';

const source = client.sources[':id'];
const district = client.districts[':id'];
const person = client.people[':id'];

export const setUpApi = {
  onboarding: (id: string) => bodyOf(district.onboarding.$get({ param: { id } })),
  connection: (id: string, person?: string) =>
    bodyOf(source.connection.$get({ param: { id }, query: filled({ person }) })),
  networks: (id: string) => bodyOf(district.networks.$get({ param: { id } })),
  setNetworks: (id: string, networks: string[]) =>
    bodyOf(district.networks.$put({ param: { id }, json: { networks } })),
  sourceSettings: (id: string) => bodyOf(source.settings.$get({ param: { id } })),
  setSource: (id: string, json: SourceChange) => bodyOf(source.settings.$patch({ param: { id }, json: json as never })),
  people: (query: { district?: string | undefined; after?: string | undefined }) =>
    bodyOf(client.people.$get({ query: filled(query) })),
  person: (id: string) => bodyOf(person.$get({ param: { id } })),
  invite: (json: NewPerson) => bodyOf(client.people.$post({ json })),
  changePerson: (id: string, json: { role?: PersonRow['role']; name?: string }) =>
    bodyOf(person.$patch({ param: { id }, json })),
  changeAddress: (id: string, email: string) => bodyOf(person.address.$post({ param: { id }, json: { email } })),
  removePerson: (id: string) => bodyOf(person.$delete({ param: { id } })),
  disable: (id: string) => bodyOf(person.disable.$post({ param: { id } })),
  enable: (id: string) => bodyOf(person.enable.$post({ param: { id } })),
  inviteAgain: (id: string) => bodyOf(person.invitation.$post({ param: { id } })),
  sendReset: (id: string) => bodyOf(person.reset.$post({ param: { id } })),
  takeSecondFactor: (id: string) => bodyOf(person['second-factor'].$delete({ param: { id } })),
  keys: (id: string) => bodyOf(person.keys.$get({ param: { id } })),
  addKey: (id: string, json: { key: string; name?: string }) => bodyOf(person.keys.$post({ param: { id }, json })),
  removeKey: (id: string, key: string) => bodyOf(person.keys[':key'].$delete({ param: { id, key } })),
  audit: (query: AuditQuery) => bodyOf(client.audit.$get({ query: filled(query) as never })),
  beginUpload: (id: string, files: { name: string; sizeBytes: number }[]) =>
    bodyOf(source.uploads.$post({ param: { id }, json: { files } })),
  finishUpload: (of: UploadOf, json: { name: string; isTest: boolean }) =>
    bodyOf(source.uploads[':upload'].finish.$post({ param: of, json })),
  cancelUpload: (of: UploadOf) => bodyOf(source.uploads[':upload'].$delete({ param: of })),
};

/** @param changes by name, as a person would type them or as data; null goes back to the default. */
export type SourceChange = { changes: Record<string, unknown>; until?: string; why?: string };
export type NewPerson = { email: string; name?: string; role: PersonRow['role']; district: string | null };
export type AuditQuery = {
  person?: string | undefined;
  district?: string | undefined;
  act?: string | undefined;
  before?: string | undefined;
};
/** An upload to a source, by their ids. */
export type UploadOf = { id: string; upload: string };

export type Onboarding = InferResponseType<typeof district.onboarding.$get>['sources'][number];
export type Connection = InferResponseType<typeof source.connection.$get>;
export type SourceSettings = InferResponseType<typeof source.settings.$get>;
export type Setting = SourceSettings['settings'][number];
export type PersonRow = InferResponseType<typeof client.people.$get>['rows'][number];
export type AuditRow = InferResponseType<typeof client.audit.$get>['rows'][number];
