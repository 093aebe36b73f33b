import type { Profiler } from 'node:inspector';
import { expect, test } from 'vitest';
import { cpuSamples } from '../../../src/telemetry/profiles/cpu-profile.ts';

const callFrame = (functionName: string, url = '', lineNumber = -1) => ({
  ...{ functionName, url, lineNumber },
  ...{ scriptId: '1', columnNumber: 0 },
});

/** Serving calls score, which loops over two lines; the thread idles and collects garbage between. */
const profile: Profiler.Profile = {
  nodes: [
    { id: 1, callFrame: callFrame('(root)'), hitCount: 0, children: [2, 4, 5] },
    { id: 2, callFrame: callFrame('', 'file:///x/serve.ts', 9), hitCount: 0, children: [3] },
    {
      id: 3,
      callFrame: callFrame('score', 'file:///x/score.ts', 4),
      hitCount: 4,
      positionTicks: [
        { line: 7, ticks: 2 },
        { line: 8, ticks: 1 },
      ],
    },
    { id: 4, callFrame: callFrame('(idle)'), hitCount: 1 },
    { id: 5, callFrame: callFrame('(garbage collector)'), hitCount: 1 },
  ],
  startTime: 1_000,
  endTime: 9_000,
  samples: [3, 4, 3, 5, 3, 3],
  timeDeltas: [500, 1_000, 2_000, 1_000, 1_500, -500],
};

test('stacks have their samples by line, and the time until the next sample', () => {
  const serve = { name: '(anonymous serve.ts:10)', file: 'serve.ts', startLine: 10, line: 10 };
  const score = { name: 'score', file: 'score.ts', startLine: 5 };
  // 1 ms, 1 ms, 0 as the clock went back, and from 6.5 ms to the end at 9 ms: 4.5 ms in four samples.
  expect(cpuSamples(profile)).toEqual([
    { stack: [{ ...score, line: 7 }, serve], values: [2, 2_250_000] },
    { stack: [{ ...score, line: 8 }, serve], values: [1, 1_125_000] },
    { stack: [{ ...score, line: 5 }, serve], values: [1, 1_125_000] },
    {
      stack: [{ name: '(garbage collector)', file: '', startLine: 0, line: 0 }],
      values: [1, 1_500_000],
    },
  ]);
});

test('a profile in which nothing ran has no stacks', () => {
  const [root] = profile.nodes;
  const nodes = [{ ...root, children: [] }];
  expect(cpuSamples({ nodes, startTime: 0, endTime: 0 })).toEqual([]);
});
