import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePprof } from '../../../src/telemetry/profiles/pprof.ts';
import { readPprof } from './read-pprof.ts';

const head = {
  sampleTypes: [
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ],
  period: { type: 'cpu', unit: 'nanoseconds', value: 1_000_000 },
  startedAtMs: Date.UTC(2026, 0, 31, 9),
  durationMs: 10_000.5,
};

const frame = fc.record({
  name: fc.oneof(fc.constantFrom('retrieve', 'score'), fc.string({ unit: 'grapheme' })),
  file: fc.constantFrom('', 'src/gateway.ts', 'node:net'),
  startLine: fc.nat({ max: 5 }),
  line: fc.nat({ max: 5 }),
});
const value = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const sample = fc.record({
  stack: fc.array(frame, { minLength: 1, maxLength: 6 }),
  values: fc.tuple(value, value),
});
const threads = fc.array(
  fc.record({ thread: fc.constantFrom('main', 'signals'), samples: fc.array(sample) }),
  { maxLength: 3 },
);

test('every stack, value and label comes back, and every id leads somewhere', async () => {
  await fc.assert(
    fc.asyncProperty(threads, async (given) => {
      const { samples } = readPprof(await encodePprof(head, given));
      expect(samples).toEqual(
        given.flatMap(({ thread, samples: told }) =>
          told.map(({ stack, values: [count, nanos] }) => ({
            stack,
            values: { 'samples/count': count, 'cpu/nanoseconds': nanos },
            thread,
          })),
        ),
      );
    }),
    { numRuns: 50 },
  );
});

test('the profile says when it was taken, for how long, and what lies between two samples', async () => {
  const { profile, strings } = readPprof(await encodePprof(head, []));
  expect(profile).toMatchObject({
    timeNanos: BigInt(head.startedAtMs) * 1_000_000n,
    period: 1_000_000,
    mapping: [{ hasFunctions: true, hasFilenames: true, hasLineNumbers: true }],
  });
  expect(Number(profile.durationNanos)).toBe(10_000_500_000);
  const { type, unit } = profile.periodType!;
  expect([strings[Number(type)], strings[Number(unit)]]).toEqual(['cpu', 'nanoseconds']);
});

test('a function and a place in it are told once, however often they are called', async () => {
  const call = { name: 'score', file: 'src/score.ts', startLine: 3, line: 7 };
  const samples = [
    { stack: [call, call], values: [1, 1] },
    { stack: [{ ...call, line: 8 }, call], values: [1, 1] },
  ];
  const { profile } = readPprof(await encodePprof(head, [{ thread: 'main', samples }]));
  expect(profile.function).toHaveLength(1);
  expect(profile.location).toHaveLength(2);
});
