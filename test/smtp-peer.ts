/** A mail server for tests: a real SMTP peer on loopback that keeps what it takes. */
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export type Taken = { from: string; to: string[]; raw: string };
export type SmtpPeer = {
  port: number;
  url: string;
  taken: Taken[];
  /** What it says to an address or a message; undefined takes it. */
  refuse: { address?: number | undefined; message?: number | undefined };
  close(): Promise<void>;
};

export async function startSmtpPeer(): Promise<SmtpPeer> {
  const taken: Taken[] = [];
  const refuse: SmtpPeer['refuse'] = {};
  const say = (code: number) => Object.assign(new Error('not now'), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.username === 'rosters' && auth.password === 'quiet bicycle'
        ? done(null, { user: 'rosters' })
        : done(say(535)),
    onRcptTo: (_address, _session, done) => (refuse.address ? done(say(refuse.address)) : done()),
    onData(stream, session, done) {
      text(stream).then((raw) => {
        if (refuse.message) return done(say(refuse.message));
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), raw });
        done();
      }, done);
    },
  });
  // A client that goes away in the middle is no fault of the peer.
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  const { port } = listening.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    taken,
    refuse,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Headers of a raw message, unfolded, by lower-case name. */
export function headersOf(raw: string): Map<string, string> {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  return new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
