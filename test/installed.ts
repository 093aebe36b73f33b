import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/**
 * A `test` for what needs a program of the machine. Where the program is absent the test is skipped and
 * says why; with SIGHTLINE_REQUIRE_SERVICES=1 it fails instead.
 */
export function testWith(program: string): typeof test {
  const installed = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  const required = process.env.SIGHTLINE_REQUIRE_SERVICES === '1';
  if (!installed && !required) process.stderr.write(`skipped: ${program} is not installed\n`);
  return (installed || required ? test : test.skip) as typeof test;
}
