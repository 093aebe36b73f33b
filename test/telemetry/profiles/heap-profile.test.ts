import { expect, test } from 'vitest';
import { heapSamples } from '../../../src/telemetry/profiles/heap-profile.ts';

const callFrame = (functionName: string, url: string) => ({
  ...{ functionName, url, lineNumber: 2 },
  ...{ scriptId: '1', columnNumber: 0 },
});

test('stacks have their samples and the bytes that they stand for', () => {
  const insert = {
    ...{ id: 3, callFrame: callFrame('insert', 'node:fs'), selfSize: 98_304.4, children: [] },
  };
  const call = { id: 2, callFrame: callFrame('serve', ''), selfSize: 0, children: [insert] };
  const head = { id: 1, callFrame: callFrame('(root)', ''), selfSize: 0, children: [call] };
  const samples = [{ nodeId: 3 }, { nodeId: 3 }, { nodeId: 3 }];
  expect(heapSamples({ head, samples })).toEqual([
    {
      stack: [
        { name: 'insert', file: 'node:fs', startLine: 3, line: 3 },
        { name: 'serve', file: '', startLine: 3, line: 3 },
      ],
      values: [3, 98_304],
    },
  ]);
});
