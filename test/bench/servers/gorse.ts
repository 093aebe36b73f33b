/** The product behind both of its listeners. */
import { openServer } from '../../../src/cli/open-server.ts';
import { parseConfig } from '../../../src/config.ts';
import { answerParent, programOptions } from '../harness/answer-parent.ts';

const { config: raw, environment } = programOptions<{
  config: object;
  environment: Readonly<Record<string, string>>;
}>();
const config = parseConfig(JSON.stringify(raw), {});
const server = await openServer({ config, environment, onProgress: () => {} });

answerParent(
  { port: server.query.port, controlPort: server.control.port },
  { flush: () => server.gateway.telemetry.flush() },
);
