/** Runs the shell blocks of a guide as a reader would type them, and compares what they print with what the guide shows. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
const blockMs = 180_000;

/** A fenced block: `sh run [server] [clients] [exit=N]`, or `text expect` for what the block before it prints. */
type Block = { line: number; language: string; words: string[]; text: string };

/**
 * Runs all blocks of a guide in order, in a shell whose home is a new folder. The data folder and the ports are chosen by
 * the documented settings, in the environment; nothing in the blocks is replaced.
 * @param options.clients whether blocks that need SFTP clients are run too.
 */
export async function runGuide(file: string, { clients }: { clients: boolean }): Promise<void> {
  const blocks = parse(await readFile(join(root, file), 'utf8'));
  const home = await mkdtemp(join(tmpdir(), 'guide-'));
  const env = {
    PATH: process.env.PATH,
    LC_ALL: 'C.UTF-8',
    TERM: 'dumb',
    NO_UPDATE_NOTIFIER: '1',
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    HOME: home,
    HOMEROOM_DATA: join(home, 'data'),
    HOMEROOM_HTTP_PORT: String(await freePort()),
    HOMEROOM_SFTP_PORT: String(await freePort()),
  };
  const shell = openShell(env, home);
  const servers: Server[] = [];
  try {
    let printed: string | undefined;
    for (const block of blocks) {
      const where = `${file}:${block.line}`;
      if (block.language === 'text' && block.words.includes('expect')) {
        if (printed !== undefined) compare(block.text, printed, where);
        continue;
      }
      printed = undefined;
      if (block.language !== 'sh' || !block.words.includes('run')) continue;
      if (block.words.includes('clients') && !clients) continue;
      if (block.words.includes('server')) {
        const server = await startServer(block.text, env, where);
        servers.push(server);
        printed = server.printed();
      } else printed = await runBlock(shell, block, where);
    }
    for (const server of servers) await server.stop();
  } finally {
    shell.kill();
    for (const server of servers) server.kill();
    await rm(home, { recursive: true, force: true });
  }
}

function parse(text: string): Block[] {
  const found = text.matchAll(/^```(\S*)([^\n]*)\n([\s\S]*?)^```$/gm);
  return [...found].map(({ index, 1: language = '', 2: words = '', 3: body = '' }) => ({
    line: text.slice(0, index).split('\n').length,
    language,
    words: words.split(' ').filter((word) => word !== ''),
    text: body,
  }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}

type Shell = { run(script: string): Promise<{ printed: string; code: number }>; kill(): void };

/** One bash for all blocks, so that variables and functions stay; the first command that fails gives a block its code. */
function openShell(env: Record<string, string | undefined>, home: string): Shell {
  const child = spawn('bash', ['--noprofile', '--norc'], { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write('set -Euo pipefail\n');
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  let count = 0;
  return {
    async run(script) {
      const [source, printed] = [join(home, `block-${++count}`), join(home, `printed-${count}`)];
      await writeFile(source, script);
      const mark = `block ${count} ended`;
      child.stdin.write(`failed=0; trap 'status=$?; [ $failed = 0 ] && failed=$status' ERR\n`);
      child.stdin.write(`source '${source}' > '${printed}' 2>&1 < /dev/null; trap - ERR; echo "${mark} $failed"\n`);
      const until = Date.now() + blockMs;
      while (!out.includes(`${mark} `) || !out.endsWith('\n')) {
        assert.equal(child.exitCode, null, `the shell ended in:\n${script}`);
        assert.ok(Date.now() < until, `took too long:\n${script}\n${await readFile(printed, 'utf8').catch(() => '')}`);
        await sleep(20);
      }
      const code = Number(new RegExp(`${mark} (\\d+)`).exec(out)?.[1]);
      return { printed: await readFile(printed, 'utf8'), code };
    },
    kill: () => child.kill('SIGKILL'),
  };
}

async function runBlock(shell: Shell, { text, words }: Block, where: string): Promise<string> {
  const wanted = Number(words.find((word) => word.startsWith('exit='))?.slice('exit='.length) ?? 0);
  const { printed, code } = await shell.run(text);
  assert.equal(code, wanted, `${where} ended with exit code ${code} instead of ${wanted}:\n${printed}`);
  return printed;
}

type Server = { printed(): string; stop(): Promise<void>; kill(): void };

/** Runs a block in a terminal of its own until it says that it is running; `stop` is Ctrl-C there. */
async function startServer(script: string, env: Record<string, string | undefined>, where: string): Promise<Server> {
  const child = spawn('bash', ['-c', script], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      printed += data;
    });
  }
  const kill = (signal: NodeJS.Signals) => signalGroup(child, signal);
  const until = Date.now() + blockMs;
  while (!/Homeroom is running\.[\s\S]*Data /.test(printed)) {
    const isStuck = child.exitCode !== null || Date.now() > until;
    if (isStuck) kill('SIGKILL');
    assert.ok(!isStuck, `${where} did not start:\n${printed}`);
    await sleep(50);
  }
  return {
    printed: () => printed,
    async stop() {
      kill('SIGINT');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      assert.match(printed, /Stopping\./);
      assert.doesNotMatch(printed, /"level":(50|60)/, 'the log of the server tells of faults');
    },
    kill: () => kill('SIGKILL'),
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Every line of the guide has to be printed, in its order. Numbers may be others, `...` stands for anything. */
function compare(wanted: string, printed: string, where: string): void {
  const lines = printed.split('\n').map(squeezed);
  let from = 0;
  for (const line of wanted.split('\n').map(squeezed)) {
    if (line === '' || line === '...') continue;
    const pattern = new RegExp(
      `^${line
        .split(/ ?\.\.\. ?/)
        .map(words)
        .join('.*')}$`,
    );
    const at = lines.findIndex((each, index) => index >= from && pattern.test(each));
    assert.ok(at >= 0, `${where} shows "${line}", which was not printed (any more) in:\n${printed}`);
    from = at + 1;
  }
}

const squeezed = (line: string): string => line.trim().replace(/\s+/g, ' ');
const words = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\d+(,\d{3})*/g, '[\\d,]+');
