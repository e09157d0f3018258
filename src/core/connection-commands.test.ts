import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { connectionCommands, shell } from './connection-commands.ts';

const facts = {
  host: 'files.vendor.example',
  port: 2222,
  user: 'ana.ruiz@lakeview.example',
  path: '/imagine/1234567-lakeview/literacy',
  fingerprint: 'SHA256:abc+/DEF',
  ecdsaFingerprint: 'SHA256:xyz+/123',
  file: 'OneRoster.zip',
};
const of = (client: string, more: Partial<typeof facts> = {}) =>
  connectionCommands({ ...facts, ...more }).find((each) => each.client === client)?.text ?? '';

/** Names that may be in a folder: no slash, no control characters, and neither of the two that mean a folder. */
const name = fc
  .string({ unit: fc.constantFrom(...'aZ09 \'"$`\\!#&*?[]{}();<>|~=%,.-é東'), minLength: 1, maxLength: 20 })
  .filter((text) => text.trim() === text && text !== '.' && text !== '..');

/** What a POSIX shell makes of a line, word by word, when nothing is run. */
function words(line: string): string[] {
  const { stdout, status } = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  assert.equal(status, 0, line);
  return stdout.split('\0').slice(0, -1);
}

test('any text is one word of a shell', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), (texts) => {
      assert.deepEqual(words(texts.map(shell).join(' ')), texts);
    }),
    { numRuns: 25 },
  );
});

test('the lines of a shell have the words that were meant, whatever the names', () => {
  fc.assert(
    fc.property(name, name, (file, folder) => {
      const path = `/imagine/${folder}`;
      const [client, port, number, option, user, host] = words(
        of('sftp', { file, path }).split(' | ').at(-1) as string,
      );
      assert.deepEqual(
        [client, port, number, option, user, host],
        ['sftp', '-P', '2222', '-o', `User=${facts.user}`, facts.host],
      );
      const lftp = words(of('lftp', { file, path }));
      assert.deepEqual([lftp[0], lftp[2], lftp[4], lftp.length], ['lftp', facts.user, '2222', 8]);
      assert.deepEqual(unquoted(lftp[6] as string), ['put', '-O', `${path}/`, file]);
      const curl = words(of('curl', { file, path }));
      const url = new URL(curl.at(-1) as string);
      assert.deepEqual([decodeURIComponent(url.pathname), url.host], [`${path}/`, `${facts.host}:2222`]);
      assert.equal(curl[curl.indexOf('--upload-file') + 1], file);
    }),
    { numRuns: 40 },
  );
});

test('the order for sftp says which file goes where', () => {
  fc.assert(
    fc.property(name, name, (file, folder) => {
      const text = of('sftp', { file, path: `/imagine/${folder}` });
      const { stdout } = spawnSync('sh', ['-c', text.slice(0, text.lastIndexOf(' | sftp '))], { encoding: 'utf8' });
      assert.deepEqual(unquoted(stdout.trimEnd()), ['put', file, `/imagine/${folder}/`]);
    }),
    { numRuns: 40 },
  );
});

test('a script of WinSCP has the words that were meant, by the rules of its manual', () => {
  fc.assert(
    fc.property(name, name, (file, folder) => {
      const [open = '', put = '', exit] = of('WinSCP', { file, path: `/imagine/${folder}` }).split('\r\n');
      assert.deepEqual(winscpWords(put), ['put', file, `/imagine/${folder}/`]);
      assert.deepEqual(winscpWords(open), [
        'open',
        `sftp://${facts.host}:2222/`,
        `-username=${facts.user}`,
        '-hostkey=ssh-ed25519 255 abc+/DEF',
      ]);
      assert.equal(exit, 'exit');
    }),
  );
});

test('no secret is in any line', () => {
  for (const { text, use } of connectionCommands(facts)) assert.doesNotMatch(`${text} ${use}`, /-password|:[^/]*@/);
});

/** Words of sftp and lftp: within double quotes a backslash takes the meaning from what follows. */
function unquoted(line: string): string[] {
  const found = line.replace(/; bye$/, '').matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g);
  return [...found].map(([, quoted, bare]) =>
    quoted === undefined ? (bare as string) : quoted.replace(/\\(.)/g, '$1'),
  );
}

/**
 * Words of a script of WinSCP, by https://winscp.net/eng/docs/scripting: parameters with spaces are enclosed in double
 * quotes, a quote within is doubled, and a switch is written as `-name="value"`.
 */
function winscpWords(line: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (letter === '"' && isQuoted && line[at + 1] === '"') {
      word += '"';
      at++;
    } else if (letter === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (letter === ' ' && !isQuoted) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  return word === undefined ? found : [...found, word];
}
