/** The calls of the pages that set things up: districts, sources, people, products. */

import type { InferResponseType } from 'hono/client';
import { bodyOf, client, filled } from './api.ts';

const source = client.sources[':id'];
const district = client.districts[':id'];
const person = client.people[':id'];
const webhook = client.webhooks[':id'];

export const setUpApi = {
  onboarding: (id: string) => bodyOf(district.onboarding.$get({ param: { id } })),
  connection: (id: string, person?: string) =>
    bodyOf(source.connection.$get({ param: { id }, query: filled({ person }) })),
  networks: (id: string) => bodyOf(district.networks.$get({ param: { id } })),
  setNetworks: (id: string, networks: string[]) =>
    bodyOf(district.networks.$put({ param: { id }, json: { networks } })),
  sourceSettings: (id: string) => bodyOf(source.settings.$get({ param: { id } })),
  setSource: (id: string, json: SourceChange) => bodyOf(source.settings.$patch({ param: { id }, json: json as never })),
  products: () => bodyOf(client.products.$get()),
  addProduct: (json: NewProduct & { slug: string }) => bodyOf(client.products.$post({ json })),
  changeProduct: (id: string, json: Partial<NewProduct>) =>
    bodyOf(client.products[':id'].$patch({ param: { id }, json: json as never })),
  addDistrict: (json: { name: string; siteCode: string; timeZone: string }) => bodyOf(client.districts.$post({ json })),
  addSource: (id: string, json: NewSource) => bodyOf(district.sources.$post({ param: { id }, json })),
  addApi: (id: string, json: NewApi) => bodyOf(district.apis.$post({ param: { id }, json: json as never })),
  startProbe: (json: ProbeAsked) => bodyOf(client.probes.$post({ json: json as never })),
  probe: (id: string) => bodyOf(client.probes[':id'].$get({ param: { id } })),
  api: (id: string) => bodyOf(source.api.$get({ param: { id } })),
  changeApi: (id: string, json: ApiChange) => bodyOf(source.api.$patch({ param: { id }, json: json as never })),
  pulls: (id: string) => bodyOf(source.pulls.$get({ param: { id } })),
  pullNow: (id: string, full: boolean) => bodyOf(source.pulls.$post({ param: { id }, json: { full } })),
  house: () => bodyOf(client.house.$get()),
  alerts: (query: { all?: 'yes' | undefined; before?: string | undefined }) =>
    bodyOf(client.alerts.$get({ query: filled(query) as never })),
  alertChoices: () => bodyOf(client.alerts.choices.$get()),
  chooseAlert: (json: { kind: string; wanted: boolean }) => bodyOf(client.alerts.choices.$post({ json })),
  mails: (query: { state?: string | undefined; before?: string | undefined }) =>
    bodyOf(client.mails.$get({ query: filled(query) as never })),
  mail: (id: string) => bodyOf(client.mails[':id'].$get({ param: { id } })),
  webhooks: () => bodyOf(client.webhooks.$get()),
  addWebhook: (json: { url: string; events: string[]; district?: string }) => bodyOf(client.webhooks.$post({ json })),
  setWebhook: (id: string, state: 'active' | 'stopped') =>
    bodyOf(webhook.state.$post({ param: { id }, json: { state } })),
  testWebhook: (id: string) => bodyOf(webhook.test.$post({ param: { id } })),
  sendAgain: (id: string, message: string) =>
    bodyOf(webhook.messages[':message'].again.$post({ param: { id, message } })),
  removeWebhook: (id: string) => bodyOf(webhook.$delete({ param: { id } })),
  webhookLog: (id: string, before: string | undefined) =>
    bodyOf(webhook.log.$get({ param: { id }, query: filled({ before }) })),
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
export type NewProduct = Pick<ProductRow, 'name' | 'profile' | 'formats' | 'receiving'>;
export type NewSource = {
  product: string;
  kind: 'sftp' | 'upload';
  name: string;
  format: string;
  profile: 'default' | 'strict' | 'lenient';
  trustFirst: boolean;
};
/** What a district hands over about its API. */
export type ApiAsked = { address: string; tokenUrl: string; clientId: string; secret: string };
export type ApiChange = {
  address?: string;
  tokenUrl?: string | null;
  clientId?: string;
  secret?: string;
  settings?: Record<string, unknown>;
};
export type ProbeAsked = Partial<ApiAsked> & { source?: string };
export type Probe = InferResponseType<typeof client.probes.$post>;
export type ProbeReport = NonNullable<Probe['report']>;
export type Pull = InferResponseType<typeof source.pulls.$get>['rows'][number];
export type NewApi = {
  product: string;
  name: string;
  trustFirst: boolean;
  address: string;
  tokenUrl: string | null;
  clientId: string;
  preset: string | null;
  settings: Record<string, unknown>;
  secret: string;
};
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
export type House = InferResponseType<typeof client.house.$get>;
export type AlertRow = InferResponseType<typeof client.alerts.$get>['rows'][number];
export type MailRow = InferResponseType<typeof client.mails.$get>['rows'][number];
export type WebhookRow = InferResponseType<typeof client.webhooks.$get>['rows'][number];
export type MessageRow = InferResponseType<typeof webhook.log.$get>['rows'][number];
export type ProductRow = InferResponseType<typeof client.products.$get>['rows'][number];
export type PersonRow = InferResponseType<typeof client.people.$get>['rows'][number];
export type AuditRow = InferResponseType<typeof client.audit.$get>['rows'][number];
