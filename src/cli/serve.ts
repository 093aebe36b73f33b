import { dirname } from 'node:path';
import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { banner } from './banner.ts';
import { type Command, configOption } from './command.ts';
import { keepCompiledCode } from './compile-cache.ts';
import { openServer, type Server } from './open-server.ts';
import { createStartProgress } from './start-progress.ts';
import { listenForStop } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';

/** Starts the gateway and serves until it is told to stop. */
export const serve: Command = {
  name: 'serve',
  summary: 'start the gateway',
  details: [
    'The first start imports the configured data set and trains the models; later starts load them.',
    'One JSON line for each request goes to standard output. SIGTERM and SIGINT answer what is in',
    'flight and then stop; a second one stops at once.',
  ].join('\n'),
  options: { config: configOption },
  run: async ({ values }, terminal) => {
    keepCompiledCode();
    const file = values.config!;
    const read = () => readConfig(file, terminal.environment);
    const config = read();
    const stop = listenForStop(terminal, systemClock);
    try {
      const progress = createStartProgress(terminal, systemClock);
      const { environment } = terminal;
      const server = await openServer({
        ...{ config, folder: dirname(file), environment, source: { file, read } },
        onProgress: progress.update,
      });
      progress.end();
      stop.arm();
      terminal.err(await greeting(server));
      await drain(server, await stop.heard, terminal);
    } finally {
      stop.release();
    }
    return 0;
  },
};

function greeting({ gateway, query, control }: Server): Promise<string> {
  return banner(gateway, { query: query.url, control: control.url });
}

async function drain(server: Server, signal: string, terminal: Terminal): Promise<void> {
  const inFlight = server.query.inFlight();
  const what = inFlight === 0 ? '' : `, answering ${inFlight} in flight first`;
  terminal.err(`${signal}: stopping${what}; again to stop at once\n`);
  await server.close();
}
