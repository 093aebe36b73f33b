import { expect, test } from 'vitest';
import { createAnomalyBook, type OutsideAlert } from '../../src/anomaly/anomaly-book.ts';
import { slowPoland } from './anomaly-example.ts';

const named = (id: string, rest: Partial<typeof slowPoland> = {}) => ({
  ...slowPoland,
  id,
  ...rest,
});
const closed = { state: 'resolved', resolvedAtMs: slowPoland.startedAtMs + 600_000 } as const;
const outside = (fingerprint: string, endsAtMs?: number): OutsideAlert => ({
  source: 'alertmanager',
  fingerprint,
  labels: { alertname: 'DiskFull' },
  annotations: {},
  startsAtMs: 5,
  endsAtMs,
  generatorUrl: '',
  receivedAtMs: 6,
});

test('the newest anomaly comes first and the last word counts', () => {
  const book = createAnomalyBook({ keep: 10 });
  book.note(named('a'));
  book.note(named('b'));
  book.note(named('a', closed));
  expect(book.anomalies().map(({ id, state }) => [id, state])).toEqual([
    ['b', 'firing'],
    ['a', 'resolved'],
  ]);
  expect(book.anomaly('c')).toBeUndefined();
});

test('what was pending and never fired is forgotten', () => {
  const book = createAnomalyBook({ keep: 10 });
  book.note(named('a', { state: 'pending', firedAtMs: undefined }));
  book.note(named('a', { ...closed, firedAtMs: undefined }));
  expect(book.anomalies()).toEqual([]);
});

test('a full book gives up closed anomalies first, and open ones only when all are open', () => {
  const book = createAnomalyBook({ keep: 2 });
  book.note(named('open'));
  book.note(named('closed', closed));
  book.note(named('third'));
  expect(book.takeForgotten()).toEqual(['closed']);
  book.note(named('fourth'));
  expect(book.anomalies().map(({ id }) => id)).toEqual(['fourth', 'third']);
});

test('an outside alert that is told again is the same alert, and its end closes it', () => {
  const book = createAnomalyBook({ keep: 10 });
  book.receive(outside('f1'));
  book.receive(outside('f1', 9));
  book.receive(outside('f2'));
  expect(book.outside().map(({ fingerprint, endsAtMs }) => [fingerprint, endsAtMs])).toEqual([
    ['f2', undefined],
    ['f1', 9],
  ]);
});
