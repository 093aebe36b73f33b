import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJournalFile, type Journal, openJournal } from '../../src/stores/journal.ts';
import { nextFrame } from '../../src/stores/journal-frame.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();

function open(path: string, capacity: number, head = 0): Journal {
  return openJournal({
    path,
    capacity,
    head,
    onDurable: () => {},
    onError: (cause) => cause as Error,
  });
}

function newJournal(capacity = 1000): { path: string; journal: Journal } {
  const path = join(newFolder(), 'journal');
  expect(createJournalFile(path, capacity)).toBe(capacity);
  return { path, journal: open(path, capacity) };
}

/** Every payload from a position on, as text, and where the last one ends. */
function readFrom(path: string, position: number, capacity: number) {
  const file = openSync(path, 'r');
  const texts: string[] = [];
  let end = position;
  for (;;) {
    const frame = nextFrame(file, end, capacity);
    if (frame === undefined) break;
    texts.push(frame.payload.toString());
    end = frame.end;
  }
  closeSync(file);
  return { texts, end };
}

test('what was appended can be read back in order', async () => {
  const { path, journal } = newJournal();
  await Promise.all([
    journal.append([Buffer.from('one'), Buffer.from('two')]),
    journal.append([Buffer.from('three')]),
  ]);
  await journal.append([Buffer.from('four')]);
  expect(readFrom(path, 0, 1000)).toEqual({
    texts: ['one', 'two', 'three', 'four'],
    end: journal.head,
  });
  await journal.close();
});

test('runs in laps: a released lap is written over, and stale frames are never read', async () => {
  const { path, journal } = newJournal(1000);
  let released = 0;
  for (let n = 0; n < 100; n++) {
    await journal.append([Buffer.from(`payload ${n} ${'x'.repeat(n)}`)]);
    const { texts, end } = readFrom(path, released, 1000);
    expect(texts).toEqual([`payload ${n} ${'x'.repeat(n)}`]);
    expect(end).toBe(journal.head);
    released = end;
    journal.release(end);
  }
  expect(statSync(path).size).toBe(1000);
  await journal.close();
});

test('everything not yet released can be read back, whatever the sizes and wherever laps end', async () => {
  const capacity = 600;
  // Multiples of 20 make frames end exactly at the end of a lap now and then.
  const size = fc.integer({ min: 0, max: 6 }).map((n) => n * 20);
  const batch = fc.tuple(fc.array(size, { minLength: 1, maxLength: 4 }), fc.boolean());
  const run = fc.asyncProperty(fc.array(batch, { maxLength: 12 }), async (batches) => {
    const { path, journal } = newJournal(capacity);
    let kept: string[] = [];
    let tail = 0;
    const calls: Promise<void>[] = [];
    for (const [sizes, waits] of batches) {
      const texts = sizes.map((length, n) => `${kept.length + n}`.padEnd(length, '.'));
      let call = journal.append(texts.map((text) => Buffer.from(text)));
      if (call === undefined) {
        await Promise.all(calls);
        const { texts: found, end } = readFrom(path, tail, capacity);
        expect(found).toEqual(kept);
        kept = [];
        tail = end;
        journal.release(end);
        call = journal.append(texts.map((text) => Buffer.from(text)));
      }
      if (call !== undefined) {
        kept.push(...texts);
        calls.push(call);
        if (waits) await call;
      }
    }
    await journal.close();
    expect(readFrom(path, tail, capacity)).toEqual({ texts: kept, end: journal.head });
    expect(statSync(path).size).toBe(capacity);
  });
  await fc.assert(run, { numRuns: 60 });
});

test('refuses what has no room until space is released, and loses nothing', async () => {
  const { path, journal } = newJournal(1000);
  const payload = Buffer.alloc(200, 'x');
  for (let n = 0; n < 4; n++) await journal.append([payload]);
  expect(journal.append([payload])).toBeUndefined();
  const { texts, end } = readFrom(path, 0, 1000);
  expect(texts.length).toBe(4);
  journal.release(end);
  await journal.append([payload]);
  expect(readFrom(path, end, 1000).texts.length).toBe(1);
  await journal.close();
});

test('refuses a payload larger than a quarter of the file', async () => {
  const { journal } = newJournal(1000);
  const tooLarge = (async () => journal.append([Buffer.alloc(240)]))();
  await expect(tooLarge).rejects.toMatchObject({ code: 'SL_REQUEST_TOO_LARGE' });
  await journal.close();
});

test('when a write fails, everything that waits behind it fails too', async () => {
  // Every write to this device fails as on a full disk.
  const journal = open('/dev/full', 1000);
  const results = await Promise.allSettled([
    journal.append([Buffer.from('a')]),
    journal.append([Buffer.from('b')]),
  ]);
  const late = await Promise.allSettled([journal.append([Buffer.from('c')])]);
  expect([...results, ...late]).toMatchObject(
    Array(3).fill({ status: 'rejected', reason: { code: 'ENOSPC' } }),
  );
  expect(journal.head).toBe(0);
  await journal.close();
});

test('goes on where an earlier process stopped, over what it left unfinished', async () => {
  const { path, journal } = newJournal(1000);
  await journal.append([Buffer.from('kept')]);
  await journal.append([Buffer.from('torn by the end of the process')]);
  await journal.close();
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('torn')] = 0;
  writeFileSync(path, bytes);
  const { texts, end } = readFrom(path, 0, 1000);
  expect(texts).toEqual(['kept']);
  const again = open(path, 1000, end);
  await again.append([Buffer.from('next')]);
  expect(readFrom(path, 0, 1000).texts).toEqual(['kept', 'next']);
  await again.close();
});

test('damage anywhere leaves every frame before it readable and nothing made up', async () => {
  const { path, journal } = newJournal(2000);
  const payloads = Array.from({ length: 12 }, (_, n) => `payload ${n} ${'y'.repeat(n * 3)}`);
  await journal.append(payloads.map((text) => Buffer.from(text)));
  const whole = readFileSync(path);
  await journal.close();
  fc.assert(
    fc.property(
      fc.nat(journal.head - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (at, flip, cut) => {
        const damaged = Buffer.from(whole);
        damaged[at] ^= flip;
        if (cut) damaged.fill(0, at);
        writeFileSync(path, damaged);
        const { texts } = readFrom(path, 0, 2000);
        expect(texts).toEqual(payloads.slice(0, texts.length));
        expect(texts.length).toBe(payloads.findIndex((_, n) => endOf(payloads, n) > at));
      },
    ),
    { numRuns: 50 },
  );
});

const endOf = (payloads: readonly string[], n: number) =>
  payloads.slice(0, n + 1).reduce((sum, text) => sum + 20 + text.length, 0);

test('keeps an existing file and its size', () => {
  const path = join(newFolder(), 'journal');
  createJournalFile(path, 5000);
  expect(createJournalFile(path, 9000)).toBe(5000);
});
