import { expect, test } from 'vitest';
import type { Signal } from '../../src/signals/signal.ts';
import { createSignalGroup } from '../../src/signals/signal-group.ts';
import { observe } from './observed.ts';

const counting = (name: string): Signal<number> => {
  let events = 0;
  return {
    name,
    observe: (batch) => {
      events += batch.count;
    },
    report: () => events,
  };
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
  const asSignal = { name: 'all', observe: group.observe, report: group.report };
  observe(asSignal, [{}, {}]);
  expect(group.report(0)).toEqual({ b: 2, d: 2 });
  observe(asSignal, [{}]);
  expect(group.report(0)).toEqual({ b: 3, d: 3 });
  expect(failures).toEqual(['a: a broke', 'c: c broke']);
});
