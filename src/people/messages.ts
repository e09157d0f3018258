/** The words of the mails about accounts: what happened, what happens if nobody acts, one link. */

export type Message = { subject: string; text: string };

type Invited = {
  /** Name of the district; null for the people of the vendor. */
  district: string | null;
  email: string;
  expires: string;
  consoleUrl: string;
};

/** Stands where the mailer puts the link, which is not in the database in the clear. */
export const linkPlace = '{link}';

export function invitation({ district, email, expires, consoleUrl }: Invited): Message {
  const what = district
    ? `You have been given access to Homeroom, to send the rosters of ${district} and see what becomes of them.`
    : 'You have been given access to Homeroom, as one of the people of the vendor.';
  const after = district
    ? `Afterwards you sign in at ${consoleUrl} with ${email} and your password. The same two let you in over SFTP; the page of your district shows the server, the folder and the fingerprint to copy.`
    : `Afterwards you sign in at ${consoleUrl} with ${email} and your password.`;
  return {
    subject: `${district ?? 'Homeroom'}: set your password`,
    text: paragraphs(
      what,
      `Set a password, once, until ${expires}:`,
      linkPlace,
      'If you do nothing, the link ends and nobody can sign in with your address. If you did not expect this, tell the person who sends you rosters or products, or ignore it.',
      after,
    ),
  };
}

export function reset({ email, expires, consoleUrl }: Omit<Invited, 'district'>): Message {
  return {
    subject: 'Homeroom: set a new password',
    text: paragraphs(
      `Somebody asked for a new password for ${email}.`,
      `If that was you, set it, once, until ${expires}:`,
      linkPlace,
      `If it was not you, do nothing: your password stays as it is. The console is at ${consoleUrl}.`,
    ),
  };
}

/** To the address of before and to the new one alike. */
export function addressChanged(change: { from: string; to: string; consoleUrl: string }): Message {
  return {
    subject: 'Homeroom: the address of your account has changed',
    text: paragraphs(
      `The address of your account was changed from ${change.from} to ${change.to}.`,
      `From now on ${change.to} is the name for signing in, in the console (${change.consoleUrl}) and over SFTP: scripts that still send the old one are refused. Password and keys stay as they were, and what was signed in has been signed out.`,
      'If you do not know of this, ask your vendor at once.',
    ),
  };
}

export function passwordChanged(change: { email: string; until: string | null; consoleUrl: string }): Message {
  const scripts = change.until
    ? `Over SFTP the password of before is good until ${change.until}, so that scripts can be changed. It does not let anybody into the console.`
    : 'The password of before is not good any more, over SFTP neither.';
  return {
    subject: 'Homeroom: your password was changed',
    text: paragraphs(
      `The password of ${change.email} was changed. All other sessions have ended.`,
      scripts,
      `If that was not you, set another one now: ${change.consoleUrl}/forgot-password`,
    ),
  };
}

export function keyAdded(key: { email: string; name: string; fingerprint: string; consoleUrl: string }): Message {
  return {
    subject: 'Homeroom: a public key was added to your account',
    text: paragraphs(
      `The key "${key.name}" now lets in over SFTP as ${key.email}.`,
      key.fingerprint,
      `If you do not know of this, remove it: ${key.consoleUrl}/account`,
    ),
  };
}

export function secondFactorChanged(change: { email: string; isOn: boolean; consoleUrl: string }): Message {
  const state = change.isOn ? 'set up' : 'removed';
  return {
    subject: `Homeroom: your second factor was ${state}`,
    text: paragraphs(
      change.isOn
        ? `Signing in to the console as ${change.email} now asks for a code of your authenticator app.`
        : `Signing in to the console as ${change.email} asks for the password alone now.`,
      `If you do not know of this, set another password now: ${change.consoleUrl}/forgot-password`,
    ),
  };
}

const paragraphs = (...parts: string[]): string => `${parts.join('\n\n')}\n`;

/** `Sat 3 Oct 2026, 08:02 (MDT)`: in the zone of whoever reads it. */
export function inZone(time: Date, zone: string): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).formatToParts(time);
  const value = (parts: Intl.DateTimeFormatPart[], type: string) =>
    parts.find((each) => each.type === type)?.value ?? '';
  const day = part({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  const clock = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });
  const date = `${value(day, 'weekday')} ${value(day, 'day')} ${value(day, 'month')} ${value(day, 'year')}`;
  return `${date}, ${value(clock, 'hour')}:${value(clock, 'minute')} (${value(clock, 'timeZoneName')})`;
}
