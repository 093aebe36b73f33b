import { spawn } from 'node:child_process';
import type { Server } from '../../src/cli/open-server.ts';

/** What the control port of the preview asks for. */
export const controlToken = 'a-long-control-token';

/** Plays the clicks of the demo and the faults of the script for a time, and opens pages of items. */
export async function playDemo({ query, control }: Server, seconds: number): Promise<void> {
  const where = ['--url', query.url, '--control', control.url];
  const what = ['--fault', 'test/preview/faults.yaml', '--work', 'session,home', '--n', '5'];
  const load = ['--rate', '80', '--for', String(seconds), '--concurrency', '64'];
  const environment = { ...process.env, SIGHTLINE_CONTROL_TOKEN: controlToken };
  const replay = spawn(
    process.execPath,
    ['src/cli/main.ts', 'replay', ...where, ...what, ...load],
    {
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  let opened = 0;
  const pages = setInterval(() => void openPage(query.url, items[opened++ % items.length]), 100);
  await new Promise<void>((resolve) => replay.once('close', () => resolve()));
  clearInterval(pages);
}

/** Asks for what is like an item, as a product page does. */
async function openPage(url: string, item: string): Promise<void> {
  const response = await fetch(`${url}/v1/recommend/similar`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ item, n: 5 }),
  });
  await response.arrayBuffer();
}

const items = ['A1', 'A2', 'A11', 'B4', 'B10', 'C5', 'C14', 'P1', 'P60'];
