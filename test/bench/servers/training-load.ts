/** The gateway, which trains its models as often as its parent wants. */

import { openServer } from '../../../src/cli/open-server.ts';
import { parseConfig } from '../../../src/config.ts';
import { answerParent, programOptions } from '../harness/answer-parent.ts';

const { config: raw } = programOptions<{ config: object }>();
const config = parseConfig(JSON.stringify(raw), {});
const { query, gateway } = await openServer({ config, environment: {}, onProgress: () => {} });
let isWanted = false;
let runs: Promise<void> = Promise.resolve();

/** One run after the other. */
async function trainOn(): Promise<void> {
  while (isWanted) {
    const { id } = gateway.training.train({ trigger: 'manual' });
    const isOn = () =>
      gateway.training.tasks().some((task) => task.id === id && task.state !== 'ended');
    while (isOn()) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

answerParent(
  { port: query.port },
  {
    begin() {
      isWanted = true;
      runs = trainOn();
    },
    async end() {
      isWanted = false;
      const [running] = gateway.training.tasks();
      if (running?.state === 'running') gateway.training.cancel(running.id);
      await runs;
      return gateway.training.tasks().map(({ report }) => report?.outcome ?? 'none');
    },
  },
);
