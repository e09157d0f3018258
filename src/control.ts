/** The control socket: the acts of operators, by name, for programs of the same user on the same machine. */

import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Refusal } from './core/refusal.ts';
import type { Log } from './log.ts';

/** Acts by name: each takes one JSON object and answers something that JSON can carry. */
export type ActTable = Record<string, (input: never) => Promise<unknown>>;

export type Control = {
  /** From now on these acts are done; before, and with undefined, callers are told to wait. */
  open(acts: ActTable | undefined): void;
  close(): Promise<void>;
};

/** Another process works on the same data folder. */
export class InUseError extends Refusal {
  constructor(dataDir: string) {
    super(
      'data-folder-in-use',
      409,
      `Another Homeroom is running on the data folder ${dataDir}. Stop it first, or choose another folder with --data.`,
    );
  }
}

/** A sun_path holds about 104 bytes on the systems we run on. */
const pathLimitBytes = 100;
const requestLimitBytes = 1024 * 1024;

export const socketPath = (dataDir: string): string => join(dataDir, 'run', 'control.sock');

/**
 * Takes the control socket of a data folder, and with it the folder: only one process at a time may have it.
 *
 * @throws InUseError when another process answers on it.
 */
export async function openControl(dataDir: string, log: Log): Promise<Control> {
  const path = socketPath(dataDir);
  if (Buffer.byteLength(path) > pathLimitBytes) {
    throw new Refusal(
      'path-too-long',
      400,
      `The path of the data folder is too long for a socket in it: ${path}. Choose a shorter one.`,
    );
  }
  let acts: ActTable | undefined;
  const server = createServer((request, response) => {
    answer(request, response, () => acts, log).catch(() => response.destroy());
  });
  if (!(await listening(server, path))) {
    if (await answers(path)) throw new InUseError(dataDir);
    // Nobody listens: it was left by a process that died.
    await rm(path, { force: true });
    if (!(await listening(server, path))) throw new InUseError(dataDir);
  }
  await chmod(path, 0o600);
  return {
    open(table) {
      acts = table;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** Calls an act of the process that holds the data folder; undefined when there is none. */
export async function callControl(
  dataDir: string,
  act: string,
  input: unknown,
): Promise<{ result: unknown } | undefined> {
  const reply = await post(socketPath(dataDir), `/acts/${act}`, JSON.stringify(input));
  if (reply === undefined) return undefined;
  const body = JSON.parse(reply.text) as { result?: unknown; error?: { code: string; message: string } };
  if (body.error) throw new Refusal(body.error.code, reply.status, body.error.message);
  return { result: body.result };
}

function listening(server: ReturnType<typeof createServer>, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error));
    server.once('error', fail);
    server.listen(path, () => {
      server.off('error', fail);
      resolve(true);
    });
  });
}

async function answers(path: string): Promise<boolean> {
  return (await post(path, '/', '{}')) !== undefined;
}

function post(socket: string, path: string, body: string): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', connection: 'close' };
    const call = request({ socketPath: socket, path, method: 'POST', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(parts).toString() }));
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      if (nobody) resolve(undefined);
      else reject(error);
    });
    call.end(body);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  acts: () => ActTable | undefined,
  log: Log,
): Promise<void> {
  const name = /^\/acts\/([A-Za-z]+)$/.exec(request.url ?? '')?.[1];
  try {
    const input = await bodyOf(request);
    const table = acts();
    if (table === undefined)
      throw new Refusal('starting', 503, 'Homeroom is starting or stopping. Try again in a moment.');
    const act = name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
    if (request.method !== 'POST' || act === undefined) throw new Refusal('unknown-act', 404, 'There is no such act.');
    reply(response, 200, { result: (await act(input as never)) ?? null });
  } catch (error) {
    const known = error instanceof Refusal;
    if (!known)
      log.error({ act: name, kind: (error as Error).name, code: (error as { code?: unknown }).code }, 'an act failed');
    const message = known ? error.message : 'Something failed on our side. The log of the server says what.';
    reply(response, known ? error.status : 500, { error: { code: known ? error.code : 'fault', message } });
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > requestLimitBytes) throw new Refusal('too-large', 413, 'The request is too large.');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString() || '{}');
  } catch {
    throw new Refusal('bad-request', 400, 'The request is not JSON.');
  }
}
