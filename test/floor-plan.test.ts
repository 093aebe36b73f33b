import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/** The house: a room imports only rooms on lower floors, and rooms of one floor never see each other. */
const floors: Record<string, number> = {
  math: 0,
  domain: 0,
  telemetry: 1,
  expressions: 1,
  stores: 2,
  access: 2,
  experiments: 2,
  anomaly: 2,
  webhooks: 2,
  provisioning: 2,
  models: 3,
  training: 4,
  pipeline: 4,
  signals: 4,
  plugins: 5,
  'config.ts': 6,
  'config-sections.ts': 6,
  'defining.ts': 6,
  'gorse-schema.ts': 6,
  'gorse-works.ts': 6,
  'keeping.ts': 6,
  'note-writes.ts': 6,
  'gateway.ts': 6,
  'open-gateway.ts': 6,
  'answer.ts': 6,
  'writing.ts': 6,
  'serving.ts': 6,
  changes: 6,
  'alarming.ts': 6,
  'drifting.ts': 6,
  'dry-run.ts': 6,
  'dependencies.ts': 6,
  'loops.ts': 6,
  'watching.ts': 6,
  'retraining.ts': 6,
  'scheduling.ts': 6,
  'splitting.ts': 6,
  'shadowing.ts': 6,
  'index.ts': 6,
  http: 7,
  cli: 8,
};

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const room = (file: string) => relative(src, file).split('/')[0];

/** Every relative import of a file, as absolute paths; worker entry points count as imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(/(?:from|import\(|import|new URL\()\s*['"](\.[^'"]+)['"]/g);
  return [...found].map(([, path]) => resolve(dirname(join(src, file)), path));
}

test('every room stands on a floor', () => {
  expect(
    files.map((file) => room(join(src, file))).filter((name) => floors[name] === undefined),
  ).toEqual([]);
});

test('a room imports only rooms on lower floors', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith(src))
      .map((path) => ({
        from: room(join(src, file)),
        to: room(path),
        file,
        path: relative(src, path),
      }))
      .filter(
        ({ from, to }) =>
          from !== to && !(floors[to] < floors[from]) && !(floors[from] === 6 && floors[to] === 6),
      )
      .map(({ file, path }) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('the plan sees imports at all', () => {
  expect(files.flatMap(importsOf).length).toBeGreaterThan(10);
});
