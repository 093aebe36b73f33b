/** The gateway on a configuration file, which its parent changes while requests come in. */

import { dirname } from 'node:path';
import { keepCompiledCode } from '../../../src/cli/compile-cache.ts';
import { openServer } from '../../../src/cli/open-server.ts';
import { readConfig } from '../../../src/config.ts';
import { answerParent, programOptions } from '../harness/answer-parent.ts';

keepCompiledCode();
const { file } = programOptions<{ file: string }>();
const read = () => readConfig(file, {});
const { query, gateway } = await openServer({
  config: read(),
  folder: dirname(file),
  source: { file, read },
  environment: {},
  onProgress: () => {},
});
answerParent(
  { port: query.port, generation: gateway.generation().id },
  {
    reload: () => gateway.steering.reload({ trigger: 'control' }),
    memory() {
      global.gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, live: heapUsed + external };
    },
  },
);
