import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { emitReport } from '../../src/signals/emit-report.ts';
import { openSignals, type SignalsReport } from '../../src/signals/open-signals.ts';
import { EventCodes } from '../../src/telemetry/event-codes.ts';
import { createEventRing } from '../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../src/telemetry/ring-event.ts';

function open(periodMs?: number) {
  const ring = createEventRing({ capacity: 1024 });
  const codes = new EventCodes();
  const reports: SignalsReport[] = [];
  let heard: (report: SignalsReport) => void = () => {};
  const first = new Promise<SignalsReport>((resolve) => {
    heard = resolve;
  });
  const signals = openSignals({
    ring,
    codes,
    onReport: (report) => {
      reports.push(report);
      heard(report);
    },
    onFailure: (cause) => {
      throw cause;
    },
    ...(periodMs !== undefined && { periodMs }),
  });
  return { ring, codes, reports, first, signals };
}

test('a report covers every event put before it was asked for, with names', async () => {
  const { ring, codes, signals } = open(3_600_000);
  const event = blankEvent('exposure');
  event.strategy = codes.codeOf('blend');
  event.catalog = codes.codeOf('shoes');
  ring.putSlate(event, Int32Array.of(4, 5, 4), 3);
  ring.put({ ...blankEvent('feedback'), item: 4 });
  const report = await signals.report();
  expect(report.flow?.events).toEqual({ exposure: 3, feedback: 1, request: 0 });
  expect(report.coverage).toEqual({
    rows: [{ strategy: 'blend', catalog: 'shoes', exposed: 2 }],
    skipped: 0,
  });
  expect(report.flow?.lagMaxSeconds).toBeGreaterThan(0);
  expect(report.flow?.lagMaxSeconds).toBeLessThan(20);

  event.catalog = codes.codeOf('bags');
  ring.putSlate(event, Int32Array.of(9), 1);
  const next = await signals.report();
  expect(next.flow?.events.exposure).toBe(1);
  expect(next.coverage?.rows.map(({ catalog }) => catalog)).toEqual(['shoes', 'bags']);
  await signals.close();
});

test('reports come by themselves, once a period', async () => {
  const { first, signals } = open(20);
  const report = await first;
  expect(report.periodSeconds).toBeGreaterThanOrEqual(0.02);
  expect(report.flow?.events.exposure).toBe(0);
  await signals.close();
});

test('closing reports what was left in the ring, and may be done twice', async () => {
  const { ring, reports, signals } = open(3_600_000);
  for (let k = 0; k < 100; k++) ring.put(blankEvent('request'));
  await signals.close();
  await signals.close();
  expect(reports.map((report) => report.flow?.events.request)).toEqual([100]);
  await expect(signals.report()).rejects.toThrow('ended');
});

test('the worker does not keep the process alive', () => {
  const source = (path: string) =>
    JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);
  const script = `
    const { openSignals } = await import(${source('signals/open-signals.ts')});
    const { EventCodes } = await import(${source('telemetry/event-codes.ts')});
    const { createEventRing } = await import(${source('telemetry/event-ring.ts')});
    const ring = createEventRing();
    openSignals({ ring, codes: new EventCodes(), onReport() {}, onFailure() {} });
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log('done');`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8', timeout: 10_000 },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: 'done\n', stderr: '', status: 0 });
});

test('a report becomes facts', () => {
  const facts: unknown[] = [];
  emitReport(
    {
      periodSeconds: 1,
      flow: {
        events: { exposure: 40, feedback: 0, request: 2 },
        lagMeanSeconds: 0.01,
        lagMaxSeconds: 0.02,
      },
      coverage: {
        rows: [
          { strategy: 'blend', catalog: 'shoes', exposed: 12 },
          { strategy: 'blend', catalog: 'gone', exposed: 3 },
        ],
        skipped: 5,
      },
    },
    {
      emit: (name, fact) => facts.push([name, fact]),
      itemsIn: (catalog) => (catalog === 'shoes' ? 10 : 0),
    },
  );
  expect(facts).toEqual([
    ['events.drained', { kind: 'exposure', events: 40 }],
    ['events.drained', { kind: 'request', events: 2 }],
    ['ring.lagged', { meanSeconds: 0.01, maxSeconds: 0.02 }],
    ['events.dropped', { reason: 'signal_memory', events: 5 }],
    ['coverage.measured', { strategy: 'blend', catalog: 'shoes', exposed: 10, items: 10 }],
  ]);
});
