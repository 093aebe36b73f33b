import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const module = resolve(import.meta.dirname, '../../../src/http/gorse/bulk/lean-heap.ts');

/** Makes what lives for a while, and answers how large the young generation has been, in MB. */
const program = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { keepHeapLean } from ${JSON.stringify(module)};
  const young = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').physical_space_size / 2 ** 20;
  function largest() {
    let most = 0;
    let alive = [];
    for (let turn = 0; turn < 120; turn += 1) {
      for (let i = 0; i < 10_000; i += 1) alive.push({ i, text: 'row ' + turn + ' ' + i });
      if (alive.length > 60_000) alive = alive.slice(20_000);
      most = Math.max(most, young());
    }
    return most;
  }
  const releases = [keepHeapLean(), keepHeapLean()];
  releases[0]();
  releases[0]();
  const lean = largest();
  releases[1]();
  console.log(JSON.stringify([lean, largest()]));
`;

test('the young generation stays small until the last release, and may grow again then', () => {
  const text = execFileSync(process.execPath, ['--input-type=module', '--eval', program]);
  const [lean, usual] = JSON.parse(text.toString());
  expect(lean).toBeLessThan(16);
  expect(usual).toBeGreaterThan(16);
});
