import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const letIn = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** What instructions of one name say. */
const said = (instruction: string) =>
  [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest]) => rest);

test('the image has the Node that the gateway is tested with', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(said('ARG')).toEqual([`NODE=node:${devDependencies.node}-trixie-slim`]);
  expect(said('FROM').every((from) => from.startsWith(`\${NODE}`))).toBe(true);
});

test('whatever is copied is there, and nothing else gets into the build', () => {
  const copied = said('COPY')
    .filter((line) => !line.startsWith('--from'))
    .flatMap((line) => line.split(' ').slice(0, -1));
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  expect(letIn[0]).toBe('*');
  expect(letIn.slice(1).sort()).toEqual([...new Set(copied)].map((path) => `!${path}`).sort());
});

test('it runs as somebody who may write nothing but its data', () => {
  expect(said('USER')).toEqual(['node']);
  expect(said('VOLUME')).toEqual(['/app/var']);
  expect(dockerfile).toContain('--owner=node --group=node var');
});

test('it has what runs and not what tests, and runs the sources as they are', () => {
  expect(said('RUN')[0]).toMatch(/^npm ci --omit=dev --ignore-scripts/);
  expect(said('ENTRYPOINT')).toEqual(['["node", "src/cli/main.ts"]']);
  expect(said('CMD')).toEqual(['["serve"]']);
});
