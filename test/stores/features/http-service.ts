import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A service of the test's own on a free loopback port, that a test may stop and start again. */
export interface HttpService {
  readonly port: number;
  readonly url: string;
  /** Starts to listen, on the port it had. */
  start(): Promise<void>;
  /** Ends it with all its connections. */
  stop(): Promise<void>;
}

/** Answers a request whose body has come in. */
export type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Starts a service. */
export async function openHttpService(respond: Respond): Promise<HttpService> {
  let port = 0;
  let server: Server | undefined;
  const start = async () => {
    const started = createServer({ maxHeaderSize: 65_536 }, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      respond(request, response, Buffer.concat(chunks).toString());
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
    port = (started.address() as { port: number }).port;
  };
  await start();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    start,
    async stop() {
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
    },
  };
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, json: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

/** The rows of these keys among all rows, as an object. */
export function rowsOf(all: ReadonlyMap<string, unknown>, keys: readonly string[]): object {
  return Object.fromEntries(keys.filter((key) => all.has(key)).map((key) => [key, all.get(key)]));
}
