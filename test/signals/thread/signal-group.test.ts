import { expect, test } from 'vitest';
import type { Signal } from '../../../src/signals/signal.ts';
import { createSignalGroup } from '../../../src/signals/thread/signal-group.ts';
import { observe } from '../observed.ts';

const counting = (name: string) => {
  let events = 0;
  return {
    name,
    observe: (batch) => {
      events += batch.count;
    },
    report: () => ({ events, readings: [] }),
    recall: ({ count }) => {
      events += count;
    },
  } satisfies Signal;
};
const broken = (name: string, where: 'observe' | 'report'): Signal => ({
  ...counting(name),
  [where]: () => {
    throw new Error(`${name} broke`);
  },
});

test('a signal that throws is left out, once, and the others go on', () => {
  const failures: string[] = [];
  const group = createSignalGroup(
    [broken('a', 'observe'), counting('b'), broken('c', 'report'), counting('d')],
    (name, cause) => failures.push(`${name}: ${(cause as Error).message}`),
  );
  const asSignal = { name: 'all', observe: group.observe, report: () => ({ readings: [] }) };
  observe(asSignal, [{}, {}]);
  expect(group.report(0)).toMatchObject({ b: { events: 2 }, d: { events: 2 } });
  observe(asSignal, [{}]);
  expect(group.report(0)).toMatchObject({ b: { events: 3 }, d: { events: 3 } });
  expect(failures).toEqual(['a: a broke', 'c: c broke']);
});

test('what happened before the start is told to all that want to know', () => {
  const { recall, report } = createSignalGroup([counting('a'), broken('b', 'report')], () => {});
  const column = new Float64Array(7);
  recall({ count: 7, session: column, item: new Int32Array(7), atMs: column });
  expect(report(0)).toEqual({ a: { events: 7, readings: [] } });
});
