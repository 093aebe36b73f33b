import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { openServer } from '../../src/cli/open-server.ts';
import { parseConfig } from '../../src/config.ts';

/** A server with the Gorse API on a free port, with a data folder of its own. */
export interface GorseServer extends AsyncDisposable {
  readonly url: string;
  /** Puts rows in, by the path under `/api`; throws what the server says where it refuses. */
  post(path: string, body: unknown): Promise<void>;
  /** Trains all models with what is there, and waits until the new versions serve. */
  train(): Promise<void>;
}

/** Opens one, with more of a configuration than the ports and folders. */
export async function openGorseServer(
  sections: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<GorseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-gorse-'));
  const config = {
    http: { query: { port: 0 }, control: { port: 0 }, bodyLimitBytes: 20_000_000 },
    store: { kind: 'sqlite', folder: join(folder, 'data') },
    modelFolder: join(folder, 'models'),
    telemetry: { requestLog: 'none' },
    gorse: {},
    ...sections,
  };
  const server = await openServer({
    config: parseConfig(JSON.stringify(config), environment),
    environment,
    folder,
    onProgress: () => {},
    logDestination: join(folder, 'log'),
  });
  const { url } = server.query;
  return {
    url,
    async post(path, body) {
      const answer = await fetch(`${url}/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    },
    async train() {
      const { training } = server.gateway;
      const { id } = training.train({ trigger: 'manual', force: true });
      const task = await vi.waitUntil(
        () => training.tasks().find((one) => one.id === id && one.state === 'ended'),
        { timeout: 60_000, interval: 20 },
      );
      if (task.report?.outcome !== 'published') throw new Error(JSON.stringify(task.report));
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
