import { expect, test } from 'vitest';
import { createPluggedSignal } from '../../../src/signals/plugged/plugged-signal.ts';
import type { PluginSignal, SignalEvent } from '../../../src/signals/plugged/plugin-signal.ts';
import { createReadingTeller } from '../../../src/signals/plugged/tell-readings.ts';
import { createRequestWindow } from '../../../src/signals/requests/request-window.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';
import { createEventRing, openEventRing } from '../../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../../src/telemetry/ring-event.ts';

function plug(made: PluginSignal) {
  const codes = new EventCodes();
  const nameOf = (code: number) => codes.nameOf(code);
  const requests = createRequestWindow({ maxRequests: 16 }, { nameOf });
  const clock = { atMs: 0 };
  const signal = createPluggedSignal('own', made, {
    context: { nameOf, requests, epochMs: (nowMs) => nowMs + 1_000_000 },
    call: (work) => work(),
    monotonic: () => clock.atMs,
  });
  return { codes, signal, requests, clock };
}

test('events come in the public form, and feedback with the names of its answer', () => {
  const seen: SignalEvent[] = [];
  const { codes, signal, requests } = plug({
    see: (event) => void seen.push({ ...event }),
    report: () => [],
  });
  const ring = createEventRing({ capacity: 16 });
  const common = { request: 7, session: 9, atMs: 5000 };
  const named = { work: codes.codeOf('home'), strategy: codes.codeOf('blend') };
  ring.put({
    ...{ ...blankEvent('exposure'), ...common, ...named },
    ...{ item: 3, position: 0, predicted: 0.25, detail: codes.codeOf('trial/treatment') },
  });
  ring.put({
    ...{ ...blankEvent('request'), ...common, ...named },
    ...{ item: 77, position: 1, predicted: 0.5, detail: codes.codeOf('ok') },
  });
  ring.put({ ...blankEvent('feedback'), ...common, item: 3, detail: codes.codeOf('click') });
  ring.put({ ...blankEvent('feedback'), session: 9, atMs: 6000, detail: codes.codeOf('cart') });
  openEventRing(ring.shared).drain((batch) => {
    requests.observe(batch, 0);
    signal.observe(batch, 0);
  });
  const of = { ...common, work: 'home', strategy: 'blend', segment: '', catalog: '' };
  const blank = { type: '', outcome: '', items: 0, position: -1 };
  const [predicted, seconds] = [Number.NaN, Number.NaN];
  expect(seen).toEqual([
    { ...of, ...blank, kind: 'exposure', item: 3, position: 0, predicted: 0.25, seconds },
    {
      ...of,
      ...blank,
      kind: 'request',
      item: -1,
      items: 1,
      outcome: 'ok',
      predicted,
      seconds: 0.5,
    },
    { ...of, ...blank, kind: 'feedback', item: 3, type: 'click', predicted, seconds },
    {
      ...{ ...of, ...blank, kind: 'feedback', item: -1, type: 'cart', predicted, seconds },
      ...{ request: 0, atMs: 6000, work: '', strategy: '' },
    },
  ]);
});

test('a report is asked for in epoch time', () => {
  const { signal } = plug({
    see: () => {},
    report: (nowMs) => [{ measure: 'now_ms', value: nowMs }],
  });
  expect(signal.report(5).readings).toEqual([
    { measure: 'now_ms', labels: {}, value: 1_000_005, samples: 0 },
  ]);
});

test('a signal that takes more than half of the time fails, and one that takes less does not', () => {
  const takes = (ms: number) => {
    const { signal, clock } = plug({
      see: () => {},
      report: () => {
        clock.atMs += ms;
        return [];
      },
    });
    return () => {
      for (let second = 0; second < 5; second++) {
        signal.report(clock.atMs);
        clock.atMs += 1000 - ms;
      }
    };
  };
  expect(takes(400)).not.toThrow();
  expect(takes(700)).toThrow('took 70 % of the time, expected 50 % at most');
});

test('what is read no more is told once, without a value', () => {
  const told: [string, number | undefined][] = [];
  const tell = createReadingTeller((_, fact) => {
    const { measure, value } = fact as { measure: string; value: number | undefined };
    told.push([measure, value]);
  });
  const reading = (measure: string, value: number | null) => ({
    ...{ measure, labels: {}, value, samples: 1 },
  });
  const report = (...readings: ReturnType<typeof reading>[]) => tell([{ name: 'own', readings }]);
  report(reading('a', 1), reading('b', 2), reading('c', null));
  report(reading('a', 3), reading('b', null));
  tell([]);
  tell([]);
  expect(told).toEqual([
    ['a', 1],
    ['b', 2],
    ['b', undefined],
    ['a', 3],
    ['a', undefined],
  ]);
});
