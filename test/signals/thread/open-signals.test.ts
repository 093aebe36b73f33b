import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { itemColumns } from '../../../src/signals/known/known-items.ts';
import { emitReport } from '../../../src/signals/thread/emit-report.ts';
import { openSignals, type SignalsReport } from '../../../src/signals/thread/open-signals.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';
import { createEventRing } from '../../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../../src/telemetry/ring-event.ts';
import { createShop } from '../../pipeline/test-work.ts';

const slateOf = (...items: number[]) => ({
  items: Int32Array.from(items),
  predicted: new Float32Array(items.length),
  count: items.length,
});

function open(periodMs?: number) {
  const ring = createEventRing({ capacity: 1024 });
  const codes = new EventCodes();
  // Ten items: even ones are shoes, odd ones coats.
  const items = itemColumns(createShop(10), codes);
  const reports: SignalsReport[] = [];
  let heard: (report: SignalsReport) => void = () => {};
  const first = new Promise<SignalsReport>((resolve) => {
    heard = resolve;
  });
  const signals = openSignals({
    ring,
    codes,
    items,
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
  event.request = 1;
  ring.putSlate(event, slateOf(4, 6, 4));
  ring.put({ ...blankEvent('feedback'), item: 4 });
  const report = await signals.report();
  expect(report.flow?.events).toEqual({ exposure: 3, feedback: 1, request: 0 });
  expect(report.coverage?.rows).toEqual([
    { strategy: 'blend', catalog: 'shoes', exposed: 2, items: 5 },
  ]);
  expect(report.flow?.lagMaxSeconds).toBeGreaterThan(0);
  expect(report.flow?.lagMaxSeconds).toBeLessThan(20);

  ring.putSlate(event, slateOf(9));
  const next = await signals.report();
  expect(next.flow?.events.exposure).toBe(1);
  expect(next.coverage?.rows.map(({ catalog }) => catalog)).toEqual(['shoes', 'coats']);
  await signals.close();
});

test('a name is known before the first event that uses it is seen', async () => {
  const { ring, codes, signals } = open(3_600_000);
  const served = { ...blankEvent('exposure'), request: 5, strategy: codes.codeOf('blend') };
  ring.putSlate(served, slateOf(4));
  await signals.report();
  ring.put({ ...blankEvent('feedback'), request: 5, item: 4, detail: codes.codeOf('click') });
  const { calibration } = await signals.report();
  expect(calibration?.joined.matched).toBe(1);
  await signals.close();
});

test('items and vectors that come later are known from the next event on', async () => {
  const { ring, codes, signals } = open(3_600_000);
  signals.setItems(itemColumns(createShop(12), codes));
  signals.setVectors({
    version: 'v1',
    dimensions: 1,
    count: 12,
    values: new Float32Array(12).fill(1),
    norms: new Float32Array(12).fill(2),
  });
  ring.putSlate({ ...blankEvent('exposure'), request: 1 }, slateOf(10, 11));
  ring.put({ ...blankEvent('request'), request: 1 });
  const { coverage, slates } = await signals.report();
  expect(coverage?.rows.map(({ items }) => items)).toEqual([6, 6]);
  expect(slates?.rows[0].diversity.sum).toBe(0);
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
    JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
  const script = `
    const { openSignals } = await import(${source('signals/thread/open-signals.ts')});
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

test('a report becomes facts', async () => {
  const { ring, reports, signals } = open(3_600_000);
  ring.putSlate({ ...blankEvent('exposure'), request: 1 }, slateOf(4, 5));
  ring.put({ ...blankEvent('request'), request: 1 });
  await signals.report();
  await signals.close();
  const facts = new Set<string>();
  emitReport(reports[0], (name) => facts.add(name));
  for (const fact of ['events.drained', 'ring.lagged', 'coverage.measured', 'slates.measured'])
    expect(facts).toContain(fact);
});
