/** The product behind its listeners, or the same with stock telemetry in the place of its own. */

import { openServer } from '../../../src/cli/open-server.ts';
import { createLateApp } from '../../../src/cli/starting-app.ts';
import { parseConfig } from '../../../src/config.ts';
import type { Gateway } from '../../../src/gateway.ts';
import { openListener } from '../../../src/http/listen.ts';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { openGateway } from '../../../src/open-gateway.ts';
import { answerParent, programOptions } from '../harness/answer-parent.ts';
import type { GatewayProgramOptions } from '../harness/gateway-stand.ts';

const { config: raw, watching, environment } = programOptions<GatewayProgramOptions>();
const config = parseConfig(JSON.stringify(raw), {});
const { port, gateway } = watching === 'stock' ? await openStock() : await openOurs();
answerParent(
  { port },
  { flush: () => gateway.telemetry.flush(), counts: () => gateway.store.counts() },
);

interface Opened {
  readonly port: number;
  readonly gateway: Gateway;
}

async function openOurs(): Promise<Opened> {
  const server = await openServer({ config, environment, onProgress: () => {} });
  return { port: server.query.port, gateway: server.gateway };
}

async function openStock(): Promise<Opened> {
  Object.assign(process.env, environment);
  const { openStockTelemetry } = await import('./stock-telemetry.ts');
  const telemetry = openStockTelemetry();
  const { emit } = telemetry;
  const app = createLateApp();
  const listener = await openListener(app, { ...config.http.query, name: 'query', emit });
  const gateway = await openGateway({ config, telemetry });
  app.set(createQueryApp(gateway));
  return { port: listener.port, gateway };
}
