import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
  isPlayerFault,
  parseFaultScript,
  readFaultScript,
} from '../../src/cli/replay/fault-script.ts';
import type { SightlineError } from '../../src/domain/errors.ts';

function mistakesOf(text: string): string[] {
  try {
    parseFaultScript(text, 'f.yaml');
  } catch (error) {
    const { code, mistakes } = error as SightlineError;
    expect(code).toBe('SL_DATA_INVALID');
    return mistakes.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

test('a script names what is broken, from when, for how long, and what is expected of it', () => {
  const { clicks, faults } = parseFaultScript(
    `
faults:
  - name: slow store for poland
    at: 60
    for: 30
    kind: slow-store
    match: { segment: poland }
    delayMs: 40
    expect: { measure: slow, labels: { segment: poland } }
  - { kind: traffic-drop, for: 10, keep: 0.1 }
`,
    'f.yaml',
  );
  expect(clicks).toBe('all');
  expect(faults).toEqual([
    {
      name: 'slow store for poland',
      ...{ at: 60, for: 30, kind: 'slow-store', delayMs: 40, share: 1, rampSeconds: 0 },
      match: { segment: 'poland' },
      expect: { measure: ['slow'], labels: [{ segment: 'poland' }] },
    },
    {
      name: 'traffic-drop 2',
      ...{ at: 0, for: 10, kind: 'traffic-drop', keep: 0.1, rampSeconds: 0, match: {} },
    },
  ]);
  expect(faults.map(isPlayerFault)).toEqual([false, true]);
});

test('several measures and several true causes are lists', () => {
  const text = `faults: [{ kind: failing-store, for: 9, expect: {
    measure: [fallbacks, slow], labels: [{ work: home }, { strategy: home-blend }] } }]`;
  expect(parseFaultScript(text, 'f.yaml').faults[0].expect).toEqual({
    measure: ['fallbacks', 'slow'],
    labels: [{ work: 'home' }, { strategy: 'home-blend' }],
  });
});

test('every mistake of a script is told at once, with its place', () => {
  const mistakes = mistakesOf(`
speed: 3
faults:
  - { kind: slow-store, for: 60 }
  - { kind: slow-store, for: 7200, delayMs: -1, share: 2 }
  - { kind: failing-stage, for: 60, stage: thinking }
  - { kind: traffic-drop, for: 60, keep: 0.5, match: { strategy: walk } }
  - { kind: earthquake, for: 60 }
  - { kind: bad-model, for: 60, mode: sad, delayMs: 4 }
  - { kind: failing-store, for: 60, expect: { measure: slow } }
`);
  const places = [
    'faults.0.delayMs',
    'faults.1.for',
    'faults.1.delayMs',
    'faults.1.share',
    'faults.2.stage',
    'faults.3.match',
    'faults.4.kind',
    'faults.5.mode',
    'faults.5',
    'faults.6.expect.labels',
    '',
  ];
  for (const place of places)
    expect(mistakes.filter((mistake) => mistake.startsWith(`${place}: `))).not.toEqual([]);
  expect(mistakes).toHaveLength(places.length);
  expect(mistakes.join()).toContain('expected a kind of slow-store, failing-store');
});

test('names that stand twice, long ramps and too many faults are told', () => {
  expect(
    mistakesOf(`
faults:
  - { name: a, kind: failing-store, for: 60 }
  - { name: a, kind: failing-store, for: 60, rampSeconds: 61 }
`),
  ).toEqual([
    'faults.1.name: a stands twice, expected once',
    'faults.1.rampSeconds: is longer than for: 60',
  ]);
  const many = Array.from({ length: 65 }, () => '{ kind: failing-store, for: 1 }');
  expect(mistakesOf(`faults: [${many}]`)).toEqual([
    'faults: has 65 faults for the gateway, expected at most 64',
  ]);
});

test.each([
  ['nothing', ''],
  ['a list', '[1, 2]'],
  ['no faults', 'faults: []'],
  ['broken YAML', 'faults: [{'],
])('%s is no script', (_, text) => {
  expect(mistakesOf(text)).toHaveLength(1);
});

test('a script that is not there is told', () => {
  expect(() => readFaultScript('/nowhere/f.yaml')).toThrowError(
    /\/nowhere\/f.yaml.*does not exist/,
  );
});

test('the script of the demo has six faults, each with what is expected of it', () => {
  const { faults } = readFaultScript(resolve(import.meta.dirname, '../../demo/faults.yaml'));
  expect(faults).toHaveLength(6);
  expect(faults.filter(({ expect: expected }) => expected === undefined)).toEqual([]);
});
