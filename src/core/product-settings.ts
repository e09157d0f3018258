/** What the vendor says about a product: the profile that deliveries are checked against, the formats taken, and when. */
import { formats as knownFormats } from './formats/index.ts';
import { products as profiles } from './profiles/index.ts';
import { Refusal } from './refusal.ts';

/** When files are awaited, in the time zone of each district: `{ from: '20:00', to: '03:00', days: [1, …, 7] }`. */
export type Receiving = {
  /** Local time; may be later than `to`, and is then on the evening before. */
  from: string;
  to: string;
  /** Days of the week on which it ends, 1 for Monday to 7 for Sunday. */
  days: number[];
};

export type ProductSettings = {
  /** Id of a profile; null: OneRoster alone. */
  profile: string | null;
  /** Ids of the formats that are taken; none: all. */
  formats: string[];
  /** Null: at any time. */
  receiving: Receiving | null;
};

export type ProductChange = Partial<ProductSettings>;

/** @throws Refusal `product-profile`, `product-format`, `product-receiving` with what is allowed. */
export function checkProductSettings({ profile, formats, receiving }: ProductChange): void {
  if (profile && !profiles.has(profile)) {
    throw new Refusal(
      'product-profile',
      400,
      `There is no profile ${profile}. Profiles: ${[...profiles.keys()].join(', ')}.`,
    );
  }
  const ids = knownFormats.map(({ id }) => id);
  const unknown = formats?.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new Refusal('product-format', 400, `There is no format ${unknown}. Formats: ${ids.join(', ')}.`);
  }
  if (receiving && !isReceiving(receiving)) {
    throw new Refusal(
      'product-receiving',
      400,
      'A window has two times such as 20:00 and 03:00, and days from 1 to 7.',
    );
  }
}

/** `20:00-03:00`, or `20:00-03:00 1,2,3,4,5`: as it is typed. @throws Refusal `product-receiving` */
export function readReceiving(text: string): Receiving | null {
  if (text.trim() === 'any') return null;
  const found = /^(\d\d:\d\d)-(\d\d:\d\d)(?:\s+([1-7](?:,[1-7])*))?$/.exec(text.trim());
  const days = found?.[3] === undefined ? everyDay : [...new Set(found[3].split(',').map(Number))].sort();
  const receiving = { from: found?.[1] ?? '', to: found?.[2] ?? '', days };
  if (isReceiving(receiving)) return receiving;
  throw new Refusal(
    'product-receiving',
    400,
    `"${text}" is not a window. Write it like 20:00-03:00, 20:00-03:00 1,2,3,4,5 or any.`,
  );
}

/** `every day from 20:00 to 03:00` */
export function receivingInWords(receiving: Receiving | null): string {
  if (!receiving) return 'at any time';
  const { from, to, days } = receiving;
  const when = days.length === 7 ? 'every day' : days.map((day) => dayNames[day - 1]).join(', ');
  return `${when} from ${from} to ${to}`;
}

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const isTime = (text: unknown): boolean => typeof text === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

function isReceiving({ from, to, days }: Receiving): boolean {
  const known = Array.isArray(days) && days.length > 0 && days.length <= 7 && new Set(days).size === days.length;
  return isTime(from) && isTime(to) && from !== to && known && days.every((day) => everyDay.includes(day));
}
