/** The HTTP door: health, the console's API and the console itself, on one port. */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { accountRoutes } from './account-routes.ts';
import { alertRoutes } from './alert-routes.ts';
import { connectionRoutes } from './connection-routes.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { noteDenials } from './denials.ts';
import type { HttpDeps, HttpOptions } from './deps.ts';
import { answerError, trouble } from './errors.ts';
import { documentLimitBytes, formatRoutes, isDocument } from './format-routes.ts';
import { securityHeaders } from './headers.ts';
import { houseRoutes } from './house-routes.ts';
import { listRoutes } from './list-routes.ts';
import { mailRoutes } from './mail-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { planRoutes } from './plan-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { rosterPageRoutes } from './roster-page-routes.ts';
import { rosterRoutes } from './roster-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { addressOf, ownWritesOnly, type SessionEnv, type Sessions, sessions, signedIn } from './session.ts';
import { setUpRoutes } from './set-up-routes.ts';
import { isWorkbooks, simplifiedRoutes, workbooksLimitBytes } from './simplified-routes.ts';
import { sourceRoutes } from './source-routes.ts';
import { consoleFiles } from './static.ts';
import { syncRoutes } from './sync-routes.ts';
import { templateRoutes } from './template-routes.ts';
import { undoRoutes } from './undo-routes.ts';
import { isPiece, pieceLimitBytes, uploadRoutes } from './upload-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

const KiB = 1024;
const bodyLimitBytes = 64 * KiB;
const headersTimeoutMs = 15_000;
const requestTimeoutMs = 60_000;

export type HttpServer = {
  /** The port that was taken. */
  port: number;
  /** For people on this machine, for example http://127.0.0.1:8080. */
  url: string;
  /** Takes no new connection, lets running answers end (at most a second), then resolves. */
  close(): Promise<void>;
};

/**
 * Opens the HTTP door.
 * @throws an Error whose sentence says what to do when the port is in use or not allowed.
 */
export async function startHttp(deps: HttpDeps, options: HttpOptions): Promise<HttpServer> {
  const app = httpApp(deps, options);
  const server = createAdaptorServer({ fetch: app.fetch, hostname: options.host }) as Server;
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return { port, url: `http://${host}:${port}`, close: () => close(server) };
}

/** Everything the door answers, without a port: for tests. */
export function httpApp(deps: HttpDeps, options: HttpOptions): Hono {
  const { log, publicUrl } = options;
  const https = publicUrl.startsWith('https:');
  const app = new Hono();
  app.use(securityHeaders(https));
  app.get('/healthz', async (c) => {
    const ready = await deps.ready();
    return c.json({ status: ready ? 'ok' : 'starting' }, ready ? 200 : 503);
  });
  const address = (c: Context) => addressOf(c, publicUrl !== '');
  app.route('/api/console', consoleApi(deps, options, sessions(https), address));
  app.all('/api/*', (c) => trouble(c, 404, 'not-found', 'There is no such address in this API.'));
  app.get('*', consoleFiles(options.consoleDir));
  app.notFound((c) => trouble(c, 404, 'not-found', 'There is nothing at this address.'));
  app.onError((error, c) => answerError(error, c, log));
  return app;
}

function consoleApi(deps: HttpDeps, options: HttpOptions, cookie: Sessions, address: (c: Context) => string) {
  return new Hono<SessionEnv>()
    .use(noteDenials(deps, address))
    .use(ownWritesOnly(options.publicUrl))
    .use((c, next) =>
      bodyOf(
        isPiece(c)
          ? pieceLimitBytes
          : isDocument(c)
            ? documentLimitBytes
            : isWorkbooks(c)
              ? workbooksLimitBytes
              : bodyLimitBytes,
      )(c, next),
    )
    .route('/', accountRoutes(deps, cookie, address))
    .route('/', templateRoutes(deps, cookie))
    .use(signedIn(deps, cookie))
    .route('/', ownRoutes(deps, cookie, address))
    .route('/', peopleRoutes(deps, address))
    .route('/', setUpRoutes(deps, address))
    .route('/', listRoutes(deps))
    .route('/', syncRoutes(deps, options, address))
    .route('/', planRoutes(deps, address))
    .route('/', mailRoutes(deps, address))
    .route('/', alertRoutes(deps, address))
    .route('/', webhookRoutes(deps, address))
    .route('/', sourceRoutes(deps, address))
    .route('/', undoRoutes(deps, address))
    .route('/', recordRoutes(deps, address))
    .route('/', rosterRoutes(deps, address))
    .route('/', rosterPageRoutes(deps))
    .route('/', connectionRoutes(deps, address))
    .route('/', formatRoutes(deps, address))
    .route('/', simplifiedRoutes(deps, address))
    .route('/', searchRoutes(deps, address))
    .route('/', uploadRoutes(deps, address))
    .route('/', houseRoutes(deps))
    .route('/', pullRoutes(deps, address))
    .route('/', deliveryRoutes(deps, address));
}

const bodyOf = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: (c) => trouble(c, 413, 'too-large', 'The request is larger than the console ever sends.'),
  });

/** The console's API as types, for its client in web/. */
export type ConsoleApi = ReturnType<typeof consoleApi>;

function listen(server: Server, { host, port }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(listenTrouble(error, port), { cause: error })),
    );
    server.listen(port, host, resolve);
  });
}

function listenTrouble(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} is in use by another program. Start with --http-port to choose another.`;
  if (error.code === 'EACCES')
    return `Port ${port} needs more rights than this program has. Start with --http-port to choose one above 1023.`;
  return `HTTP could not listen on port ${port}: ${error.code ?? error.message}.`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 1000);
  await closed;
  clearTimeout(late);
}
