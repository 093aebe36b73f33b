import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { readConfig } from '../../../src/config.ts';
import { type Child, startChild } from '../harness/child.ts';
import type { GatewayProgramOptions } from '../harness/gateway-stand.ts';
import { openWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const repository = resolve(import.meta.dirname, '../../..');

/** A gateway in which things may be broken, and somebody whom it tells. */
export interface FaultStand {
  readonly url: string;
  readonly controlUrl: string;
  readonly token: string;
  readonly receiver: WebhookReceiver;
  close(): Promise<void>;
}

/** What a stand is opened with. */
export interface FaultStandOptions {
  /** The demo's file. */
  readonly dataset: string;
  /** Models are trained here by the first stand, and loaded by the others. */
  readonly modelFolder: string;
  readonly tickSeconds: number;
}

const token = 'rehearsal';

/** Starts the demo as it is shipped, with faults, a tick of so many seconds and a webhook that waits for nothing. */
export async function openFaultStand(options: FaultStandOptions): Promise<FaultStand> {
  const receiver = await openWebhookReceiver();
  const controlPort = await freePort();
  const program: GatewayProgramOptions = {
    config: standConfig(options, { controlPort, webhookUrl: receiver.url }),
    watching: 'on',
    environment: { SIGHTLINE_CONTROL_TOKEN: token },
  };
  let gateway: Child<{ port: number }>;
  try {
    gateway = await startChild('gateway', { options: program });
  } catch (cause) {
    await receiver.close();
    throw cause;
  }
  return {
    url: `http://127.0.0.1:${gateway.ready.port}`,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    token,
    receiver,
    async close() {
      await gateway.end();
      await receiver.close();
    },
  };
}

function standConfig(
  { dataset, modelFolder, tickSeconds }: FaultStandOptions,
  { controlPort, webhookUrl }: { controlPort: number; webhookUrl: string },
): Record<string, unknown> {
  const config = readConfig(join(repository, 'sightline.yaml'), {});
  const atOnce = {
    groupWaitSeconds: 0,
    groupIntervalSeconds: 0,
    groupBy: ['alertname', 'measure'],
  };
  return {
    ...config,
    http: { query: { port: 0 }, control: { port: controlPort } },
    store: { kind: 'memory' },
    dataset: { format: 'eshop', path: dataset },
    modelFolder,
    faults: { enabled: true },
    anomaly: { ...config.anomaly, tickSeconds },
    webhooks: { bench: { url: webhookUrl, allowPrivate: true, ...atOnce } },
    telemetry: { ...config.telemetry, requestLog: 'none' },
  };
}

/** A port that nothing listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
