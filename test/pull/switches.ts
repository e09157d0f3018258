/** Every deviation that the test server knows: what it does, and how a pull of it has to end. */
import type { Json } from './roster.ts';

/** `right`: the right roster, with a remark where `rule` names one. `failure`: a clear failure with one of these codes. */
export type Ending = { right: true; rule?: string } | { failure: readonly string[] };

export type Switch = {
  /** Changes each record on its way out. */
  record?(record: Json, collection: string): Json;
  ending: Ending;
  /** What ends a pull beside what the server itself says, where two deviations meet. */
  note?: string;
};

const right = (rule?: string): Ending => ({ right: true, ...(rule === undefined ? {} : { rule }) });
const failure = (...codes: string[]): Ending => ({ failure: codes });
const behaviour = (ending: Ending): Switch => ({ ending });
const mapped = (rule: string | undefined, record: Switch['record']): Switch => ({
  ending: right(rule),
  ...(record ? { record } : {}),
});

const each = (record: Json, change: (value: unknown, name: string) => unknown): Json =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
const isRef = (value: unknown): value is Json => typeof value === 'object' && value !== null && 'sourcedId' in value;
const lists = new Set(['grades', 'subjects', 'subjectCodes', 'periods', 'terms', 'agents', 'orgs']);
const words = new Set(['role', 'type', 'classType', 'sex']);

export const switches = {
  // Values
  'capital enums': mapped('api-word-spelling', (record) =>
    each(record, (value, name) =>
      words.has(name) && typeof value === 'string' ? `${value[0]?.toUpperCase()}${value.slice(1)}` : value,
    ),
  ),
  'status in capitals': mapped('api-word-spelling', (record) => ({ ...record, status: 'Active' })),
  'status missing': mapped('api-word-spelling', ({ status: _, ...record }) => record),
  'null arrays': mapped(undefined, (record) =>
    each(record, (value) => (Array.isArray(value) && value.length === 0 ? null : value)),
  ),
  'null for absent': mapped(undefined, (record) => ({
    middleName: null,
    parent: null,
    beginDate: null,
    ...record,
    metadata: null,
  })),
  'empty texts': mapped(undefined, (record) => ({
    sms: '',
    phone: '',
    beginDate: '',
    endDate: '',
    middleName: '',
    password: '',
    ...record,
  })),
  'single values for lists': mapped('api-value-form', (record) =>
    each(record, (value, name) => (lists.has(name) && Array.isArray(value) && value.length === 1 ? value[0] : value)),
  ),
  'numbers for texts': mapped('api-value-form', (record) =>
    each(record, (value, name) => (name === 'schoolYear' && typeof value === 'string' ? Number(value) : value)),
  ),
  'numbers for ids': mapped('api-value-form', (record) => {
    const plain = (value: unknown) => (typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : value);
    return each({ ...record, sourcedId: plain(record.sourcedId) }, (value) =>
      isRef(value) ? { ...value, sourcedId: plain(value.sourcedId) } : value,
    );
  }),
  'true booleans': mapped(undefined, (record) =>
    each(record, (value) => (value === 'true' ? true : value === 'false' ? false : value)),
  ),
  'odd booleans': mapped('api-value-form', (record) =>
    each(record, (value) => (value === 'true' ? 'TRUE' : value === 'false' ? 0 : value)),
  ),
  'days with times': mapped('api-date-form', (record) =>
    each(record, (value, name) => (/Date$/.test(name) && typeof value === 'string' ? `${value}T00:00:00` : value)),
  ),
  'american days': mapped('api-date-form', (record) =>
    each(record, (value, name) => {
      const [, year, month, day] = /Date$/.test(name) ? (/^(\d{4})-(\d{2})-(\d{2})$/.exec(String(value)) ?? []) : [];
      return year ? `${Number(month)}/${Number(day)}/${year}` : value;
    }),
  ),
  'days that are none': mapped('api-date-form', (record, collection) =>
    collection === 'enrollments'
      ? { endDate: '0000-00-00', ...record, ...(record.beginDate ? {} : { beginDate: '0001-01-01' }) }
      : record,
  ),
  'references as texts': mapped('api-value-form', (record) =>
    each(record, (value) =>
      isRef(value)
        ? value.sourcedId
        : Array.isArray(value) && isRef(value[0])
          ? value.map((one) => one.sourcedId)
          : value,
    ),
  ),
  'references without type': mapped(undefined, (record) =>
    each(record, (value) => (isRef(value) ? { sourcedId: value.sourcedId } : value)),
  ),
  'href of another host': mapped(undefined, (record) =>
    each(record, (value) => (isRef(value) ? { ...value, href: '~/ims/oneroster/v1p1/x', type: 'school' } : value)),
  ),
  'field names in capitals': mapped('api-field-name', (record) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, value]),
    ),
  ),
  'spaces around ids': mapped('api-id-spaces', (record) =>
    each({ ...record, sourcedId: `${record.sourcedId} ` }, (value) =>
      isRef(value) ? { ...value, sourcedId: ` ${value.sourcedId}` } : value,
    ),
  ),
  'characters that cannot be seen': mapped('api-text-cleaned', (record) =>
    typeof record.title === 'string'
      ? { ...record, title: `${record.title}\u0000\u000b` }
      : typeof record.familyName === 'string'
        ? { ...record, familyName: `\u0007${record.familyName}` }
        : record,
  ),
  'no change dates': mapped('api-time-form', ({ dateLastModified: _, ...record }) => record),
  'local change dates': mapped('api-time-form', (record) => ({ ...record, dateLastModified: '2026-01-15 08:30:00' })),
  'change dates to come': mapped('api-time-form', (record) => ({
    ...record,
    dateLastModified: '2199-01-01T00:00:00.000Z',
  })),
  'extra fields': mapped(undefined, (record) => ({ ...record, vendorThing: { deep: ['x'] }, another: 7 })),
  'demographics called otherwise': mapped('api-field-name', ({ birthDate, ...record }) =>
    birthDate === undefined ? record : { ...record, birthdate: birthDate },
  ),
  'no account flag': mapped('api-filled-in', ({ enabledUser, ...record }) =>
    enabledUser === 'false' ? { ...record, enabledUser } : record,
  ),

  // Rows
  'repeated records': behaviour(right('api-record-repeated')),
  'older versions of records': behaviour(right('api-record-contradicting')),
  tombstones: behaviour(right('api-left-listed')),
  'inactive tombstones': behaviour(right('api-left-listed')),
  'an entry that is no record': behaviour(right('api-row-unreadable')),

  'ids in other letters': mapped('api-id-letters', (record, collection) =>
    collection === 'enrollments' && isRef(record.user)
      ? { ...record, user: { ...record.user, sourcedId: String(record.user.sourcedId).toLowerCase() } }
      : record,
  ),
  'a person in no page': behaviour(right('api-fetched-singly')),

  // Answers
  'wrong wrapper keys': behaviour(right('api-wrapper-key')),
  'wrapper keys in capitals': behaviour(right()),
  'unknown wrapper key': behaviour(right('api-wrapper-key')),
  'missing key': behaviour(failure('key-missing')),
  'null for a list': behaviour(failure('key-missing')),
  'empty object': behaviour(failure('key-missing')),
  'failure with status 200': behaviour(failure('failure-status')),
  'page for people with status 200': behaviour(failure('not-json')),
  'page for people once': behaviour(right('api-retried')),
  'broken JSON once': behaviour(right('api-retried')),
  'wrong content type': behaviour(right('api-content-type')),
  'byte order mark': behaviour(right()),
  'latin1 called so': behaviour(right()),
  'latin1 called utf-8': behaviour(failure('not-utf8')),
  gzip: behaviour(right()),
  deflate: behaviour(right()),
  'warnings beside rows': behaviour(right()),
  '404 for what is empty': behaviour(right('api-collection-missing')),
  'demographics forbidden': behaviour(right('api-collection-missing')),
  'demographics forbidden behind the first page': behaviour(failure('forbidden')),
  'users forbidden': behaviour(failure('forbidden')),
  'everything empty': behaviour(failure('empty')),

  // Paging
  'no total': behaviour(right()),
  'total is the page': behaviour(right('api-total-wrong')),
  'total too high': behaviour(failure('unstable')),
  'total wanders': behaviour(failure('unstable')),
  'no links': behaviour(right()),
  'links alone': behaviour(right('api-link-only')),
  'links of an internal host': behaviour(right()),
  'links that end too early': behaviour(right()),
  'small pages': behaviour(right('api-page-capped')),
  'small pages without total': behaviour(right()),
  'limits refused': behaviour(right('api-page-capped')),
  'limit ignored': behaviour(right('api-limit-ignored')),
  'offset ignored': behaviour(failure('paging')),
  'offset in whole pages': behaviour(right('api-offset-aligned')),
  'pages of any length': behaviour(right()),
  'sort refused': behaviour(right('api-sort-ignored')),
  'sort ignored': behaviour(right()),
  'order by chance': behaviour(failure('unstable', 'paging')),
  'order by chance at first': behaviour(right('api-read-again')),
  'rows of the first page again': behaviour(right('api-read-again')),
  'a page comes twice': behaviour(right()),
  'a page is missing': behaviour(failure('unstable', 'paging')),
  'rows come while read': behaviour(right()),
  'rows leave while read': behaviour(right()),
  '404 behind the end': behaviour(right()),
  'slow offsets': behaviour(right('api-keyset')),
  'slow offsets without filter': behaviour(right()),

  // Network
  'bursts of 502': behaviour(right('api-retried')),
  '502 for large pages': behaviour(right('api-page-halved')),
  'busy with a pause': behaviour(right('api-retried')),
  'connection breaks': behaviour(right('api-retried')),
  'slow drip': behaviour(right()),
  'answers for ever': behaviour(failure('timeout')),
  'token ends in the middle': behaviour(right()),
  'token is short': behaviour(right()),
  'token refused': behaviour(failure('no-token')),
  'token without scope': behaviour(right()),
  'all refused': behaviour(failure('not-authorised')),
  'moved on the server': behaviour(right()),
  'moved to another server': behaviour(failure('redirect')),
  'moved for ever': behaviour(failure('redirect')),
} as const satisfies Record<string, Switch>;

export type SwitchName = keyof typeof switches;
export const switchNames = Object.keys(switches) as SwitchName[];
