import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readPprof } from '../telemetry/profiles/read-pprof.ts';

const program = resolve(import.meta.dirname, 'profiled-threads.ts');

test('a profile shows the workers of the process by name, even one that never comes to rest', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program], { timeout: 20_000 });
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
  const { samples } = readPprof(stdout);
  const secondsOf = (name: string) =>
    samples
      .filter(({ thread }) => thread === name)
      .reduce((sum, { values }) => sum + values['cpu/nanoseconds'] / 1e9, 0);
  expect(secondsOf('busy')).toBeGreaterThan(0.15);
  expect(secondsOf('busy')).toBeGreaterThan(secondsOf('main'));
});
