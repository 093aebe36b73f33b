import { expect, test } from 'vitest';
import { createGate } from '../../src/stores/gate.ts';

const newGate = () => createGate({ maxBytes: 10, onFull: () => new Error('too much waits') });

test('lets everything through that waits, in order, and closes again', async () => {
  const gate = newGate();
  const order: string[] = [];
  const calls = ['a', 'b'].map((name) => gate.wait(5).then(() => order.push(name)));
  expect(order).toEqual([]);
  gate.open();
  await Promise.all(calls);
  expect(order).toEqual(['a', 'b']);
  const later = gate.wait(10).then(() => order.push('c'));
  await Promise.resolve();
  expect(order).toEqual(['a', 'b']);
  gate.open();
  await later;
});

test('refuses what would make too much wait', async () => {
  const gate = newGate();
  const first = gate.wait(6);
  await expect(gate.wait(5)).rejects.toThrow('too much waits');
  await expect(gate.wait(11)).rejects.toThrow('too much waits');
  gate.open();
  await first;
});

test('fails everything that waits when there will be no room', async () => {
  const gate = newGate();
  const calls = [gate.wait(1), gate.wait(1)];
  gate.fail(new Error('disk full'));
  for (const call of calls) await expect(call).rejects.toThrow('disk full');
});
