import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { PluginPart } from '../../../src/domain/plugin-part.ts';
import { openSignals } from '../../../src/signals/thread/open-signals.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';
import { createEventRing } from '../../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../../src/telemetry/ring-event.ts';
import { openTestShelf, pluginFolder, pluginsOf } from '../../plugins/load-plugins.ts';

async function partsOf(path: string, signals: object, folder?: string) {
  const { shelf } = openTestShelf(folder);
  const { parts, release } = await shelf.load(pluginsOf({ own: { path, signals } }));
  onTestFinished(release);
  return parts;
}

function open(plugged: readonly PluginPart[]) {
  const ring = createEventRing({ capacity: 1024 });
  const codes = new EventCodes();
  const failures: string[] = [];
  const signals = openSignals({
    ...{ ring, codes, plugged },
    onReport: () => {},
    onFailure: (cause) => failures.push(`${cause.message}: ${(cause.cause as Error).message}`),
    periodMs: 3_600_000,
  });
  onTestFinished(() => signals.close());
  /** An answer of a work, and after so many seconds a click on it. */
  const serve = (request: number, work: string, seconds: number) => {
    const atMs = 1_000_000 + request;
    ring.put({ ...blankEvent('request'), request, atMs, work: codes.codeOf(work) });
    const clicked = { request, atMs: atMs + seconds * 1000, detail: codes.codeOf('click') };
    ring.put({ ...blankEvent('feedback'), ...clicked });
  };
  return { signals, serve, failures };
}

test('a signal of a plugin reads the traffic beside the built-in ones', async () => {
  const { signals, serve, failures } = open(await partsOf('good/dwell.ts', { dwell: {} }));
  serve(1, 'home', 2);
  serve(2, 'home', 4);
  serve(3, 'next', 10);
  const { plugged, flow } = await signals.report();
  const reading = { measure: 'dwell_mean_seconds' };
  expect(plugged).toEqual([
    {
      name: 'dwell',
      readings: [
        { ...reading, labels: { work: 'home' }, value: 3, samples: 2 },
        { ...reading, labels: { work: 'next' }, value: 10, samples: 1 },
      ],
    },
  ]);
  expect(flow?.events).toEqual({ exposure: 0, feedback: 3, request: 3 });
  expect(failures).toEqual([]);
});

test('signals that fail at work are left out by name, and all others go on', async () => {
  const uses = { throws: {}, loops: {}, nan: {}, many: {}, grows: {}, fine: {} };
  const { signals, serve, failures } = open(await partsOf('bad/later-signals.js', uses));
  serve(1, 'good', 1);
  expect((await signals.report()).plugged.map(({ name }) => name)).toEqual(Object.keys(uses));
  serve(2, 'bad', 1);
  await signals.report();
  const { plugged, flow } = await signals.report();
  expect(plugged).toEqual([
    {
      name: 'fine',
      readings: [{ measure: 'bad_works', labels: { work: 'bad' }, value: 1, samples: 0 }],
    },
  ]);
  const named = (name: string) => `signal ${name} of plugin own failed and is left out`;
  expect(failures).toEqual([
    `${named('throws')}: out of ink`,
    `${named('loops')}: took more than 1000 ms`,
    `${named('nan')}: reported "NaN" as m, expected a finite number or null`,
    `${named('many')}: reported 1000 readings, expected 100 at most`,
    `${named('grows')}: reported more than 100 different measures and labels`,
  ]);
  serve(3, 'home', 1);
  expect((await signals.report()).flow?.events.request).toBe(1);
  expect(flow).toBeDefined();
});

test('a new version of a plugin takes over, and a signal that is unchanged keeps what it knows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-signals-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'later.mjs');
  copyFileSync(join(pluginFolder, 'bad/later-signals.js'), file);
  const before = await partsOf('later.mjs', { fine: {}, throws: {} }, folder);
  const { signals, serve, failures } = open(before);
  serve(1, 'bad', 1);
  const readings = [{ measure: 'bad_works', labels: { work: 'bad' }, value: 1, samples: 0 }];
  expect((await signals.report()).plugged).toEqual([{ name: 'fine', readings }]);

  signals.setPlugged(before.filter(({ name }) => name === 'fine'));
  expect((await signals.report()).plugged).toEqual([{ name: 'fine', readings }]);

  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('bad_works', 'works_seen'));
  signals.setPlugged(await partsOf('later.mjs', { fine: {} }, folder));
  await signals.report();
  serve(2, 'bad', 1);
  const [{ readings: renewed }] = (await signals.report()).plugged;
  expect(renewed).toEqual([{ ...readings[0], measure: 'works_seen' }]);

  signals.setPlugged(before.filter(({ name }) => name === 'fine'));
  await signals.report();
  serve(3, 'bad', 1);
  expect((await signals.report()).plugged).toEqual([{ name: 'fine', readings }]);
  expect(failures).toHaveLength(1);
});

test('a promise that nobody waits for does not end the thread', async () => {
  const { signals, serve, failures } = open(await partsOf('bad/later-signals.js', { forgets: {} }));
  serve(1, 'bad', 1);
  expect((await signals.report()).plugged).toHaveLength(1);
  signals.setPlugged(await partsOf('good/dwell.ts', { dwell: {} }));
  expect((await signals.report()).plugged).toEqual([{ name: 'dwell', readings: [] }]);
  expect(failures).toEqual([]);
});
