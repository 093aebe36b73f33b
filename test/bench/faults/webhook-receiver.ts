import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One alert of a message, with when it came. */
export interface ReceivedAlert {
  /** Epoch milliseconds of its arrival. */
  readonly atMs: number;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
}

/** A receiver of Alertmanager messages that keeps everything it is told. */
export interface WebhookReceiver {
  readonly url: string;
  /** In order of arrival; an alert that is told again stands again. */
  readonly alerts: readonly ReceivedAlert[];
  close(): Promise<void>;
}

/** Opens a receiver on a free port of loopback. */
export async function openWebhookReceiver(): Promise<WebhookReceiver> {
  const alerts: ReceivedAlert[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const message = JSON.parse(Buffer.concat(chunks).toString()) as { alerts: ReceivedAlert[] };
    const atMs = Date.now();
    for (const { status, labels, annotations, fingerprint } of message.alerts)
      alerts.push({ atMs, status, labels, annotations, fingerprint });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    alerts,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
