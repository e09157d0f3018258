/** What can be set of a source that pulls from an API: each setting declared once, with its form and its words. */

import { nearest } from './nearest.ts';
import { Refusal } from './refusal.ts';
import { count, type Form, flag, nonsense, oneOf } from './setting-form.ts';
import { roleNames } from './tables.ts';

/** One line of text. */
const line = (limit: number, looks: string): Form<string> => ({
  looks,
  read(given, name) {
    if (typeof given !== 'string' || given.length > limit || /\p{Cc}/u.test(given)) throw nonsense(name, given, looks);
    return given.trim();
  },
  show: (value) => value,
});

/** Words of a server, and the roles that they mean. */
const roleWords: Form<string> = {
  looks: 'word=role pairs with & between them, such as `staff=administrator`',
  read(given, name) {
    const text = line(2000, roleWords.looks).read(given, name);
    for (const [word, role] of roleWordsOf(text))
      if (word === '' || !isRole(role)) throw nonsense(name, given, roleWords.looks.replaceAll('`', ''));
    return text;
  },
  show: (value) => value,
};

/** Roles by the words that mean them, in small letters. */
export const roleWordsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [word = '', ...role] = pair.split('=');
        return [word.trim().toLowerCase(), role.join('=').trim()];
      }),
  );
const isRole = (role: string): boolean => role === 'administrator' || (roleNames as readonly string[]).includes(role);

export type PullSetting<T = unknown> = { form: Form<T>; default: T; doc: string };
const declare = <T>(form: Form<T>, fallback: T, doc: string): PullSetting<T> => ({ form, default: fallback, doc });

/** In the order in which they are shown. */
export const pullSettings = {
  version: declare(
    oneOf(['auto', '1.1', '1.2']),
    'auto',
    'OneRoster version of the API; `auto` tells it from the path and from how users look.',
  ),
  auth: declare(
    oneOf(['oauth2', 'oauth1', 'bearer']),
    'oauth2',
    'How requests are authorised. `oauth2`: client credentials at the token address. `oauth1`: each request signed. `bearer`: the secret is a token that the broker handed out.',
  ),
  clientAuth: declare(
    oneOf(['basic', 'body', 'basic+urlencode', 'query', 'json', 'login']),
    'basic',
    'Where key and secret stand when a token is asked for. `login`: as `clientid` and `clientsecret` in the body, with nothing else.',
  ),
  signature: declare(oneOf(['HMAC-SHA256', 'HMAC-SHA1']), 'HMAC-SHA256', 'Hash of OAuth 1 signatures.'),
  scope: declare(
    line(2000, '`default`, `http`, `bare`, `none`, or scopes with spaces between them'),
    'default',
    'Scopes that are asked for. `default`: those of the version as https addresses; `http`: the same with http; `bare`: their names alone; `none`: no scope is sent.',
  ),
  tokenParameters: declare(
    line(2000, 'name=value pairs with & between them'),
    '',
    'Further parameters of the token request, such as `resource=…`.',
  ),
  pageSize: declare(count(2, 50_000), 2000, 'Records asked for at once. It is halved where the server cannot cope.'),
  concurrency: declare(
    count(1, 5),
    1,
    'Requests under way at once. More than one is for nights, where the SIS allows it.',
  ),
  requestsPerMinute: declare(count(0, 6000), 0, 'Most requests in a minute; 0: as many as the server takes.'),
  waitSeconds: declare(count(5, 900), 120, 'Longest silence of the server before a request is given up.'),
  pageLimitMiB: declare(count(1, 256), 64, 'Largest page, unpacked; a larger one is asked for in halves.'),
  paging: declare(
    oneOf(['auto', 'offset', 'keyset']),
    'auto',
    'How the next page is asked for. `offset`: by position. `keyset`: by the last id, with a filter. `auto`: by position, and by id where positions are slow.',
  ),
  totals: declare(
    oneOf(['held to', 'ignored']),
    'held to',
    'What the server says of the number of records. `held to`: a pull that comes by fewer is not whole. `ignored`: for servers that count wrongly.',
  ),
  users: declare(
    oneOf(['users', 'students and teachers']),
    'users',
    'Where people are read from. `students and teachers` misses administrators, aides and guardians.',
  ),
  demographics: declare(flag, true, 'Demographics are read where the server offers them.'),
  changes: declare(
    oneOf(['auto', 'always', 'off']),
    'auto',
    'Whether nights between full pulls ask for changes alone. `auto`: unless the server has been seen to answer such questions wrongly in the last week.',
  ),
  fullEvery: declare(count(1, 7), 7, 'Days after which everything is pulled again.'),
  overlapMinutes: declare(
    count(0, 2880),
    60,
    'How far changes are asked for back before the last one seen, for clocks that differ; 1440 for servers whose times are days or local.',
  ),
  leadMinutes: declare(count(0, 1380), 120, 'So long before a delivery is due the pull begins.'),
  localAsSchool: declare(flag, false, 'Orgs of the type `local` that classes name are schools.'),
  roleWords: declare(
    roleWords,
    '',
    'Words that the API has for roles in the place of those of OneRoster, whatever their capitals.',
  ),
} as const;

export type PullSettingName = keyof typeof pullSettings;
export type PullSettings = {
  [N in PullSettingName]: (typeof pullSettings)[N] extends PullSetting<infer T> ? T : never;
};

const declared = pullSettings as unknown as Record<string, PullSetting>;

/** Each setting as it is stored, or its default. What an older version stored and this one does not read is not set. */
export function pullSettingsOf(stored: Record<string, unknown>): PullSettings {
  const read = Object.entries(declared).map(([name, { form, default: fallback }]) => {
    try {
      return [name, stored[name] === undefined ? fallback : form.read(stored[name], name)];
    } catch {
      return [name, fallback];
    }
  });
  return Object.fromEntries(read) as PullSettings;
}

/**
 * What is stored after a change; null or `default` goes back to the default.
 * @throws Refusal `source-setting`
 */
export function changedPullSettings(
  stored: Record<string, unknown>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const next = { ...stored };
  for (const [name, value] of Object.entries(given)) {
    const setting = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!setting) throw unknownSetting(name);
    const isDefault = value === null || (value === 'default' && name !== 'scope');
    if (isDefault) delete next[name];
    else next[name] = setting.form.read(value, name);
  }
  return next;
}

function unknownSetting(name: string): Refusal {
  const shown = name.replace(/\p{Cc}/gu, '').slice(0, 80);
  const meant = nearest(name, Object.keys(declared));
  const more = meant ? ` Did you mean ${meant}?` : ` Settings: ${Object.keys(declared).join(', ')}.`;
  return new Refusal('source-setting', 400, `There is no setting "${shown}" of an API.${more}`);
}

export type PullSettingView = {
  name: PullSettingName;
  value: unknown;
  shown: string;
  default: string;
  isSet: boolean;
  looks: string;
  doc: string;
};

/** All settings with their words, for people and programs. */
export function pullSettingViews(stored: Record<string, unknown>): PullSettingView[] {
  const values = pullSettingsOf(stored);
  return (Object.keys(pullSettings) as PullSettingName[]).map((name) => {
    const { form, default: fallback, doc } = declared[name] as PullSetting;
    const [shown, usual] = [form.show(values[name]), form.show(fallback)];
    return { name, value: values[name], shown, default: usual, isSet: shown !== usual, looks: form.looks, doc };
  });
}
