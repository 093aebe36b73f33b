import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { frameModel, readFrame, readModelFile, writeWhole } from '../../src/models/file.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const payload = Uint8Array.from({ length: 40 }, (_, i) => i * 7);
const frame = frameModel({ kind: 'popular', trainedAtMs: 1234.5, payload });

test('a frame gives back what was put in, with a version of twelve hex digits', () => {
  const { stamp, payload: read } = readFrame(frame, 'memory');
  expect(read).toEqual(payload);
  expect(stamp).toMatchObject({ kind: 'popular', trainedAtMs: 1234.5 });
  expect(stamp.version).toMatch(/^[0-9a-f]{12}$/);
});

test('the version changes with kind, time and payload', () => {
  const version = (change: object) =>
    readFrame(frameModel({ kind: 'popular', trainedAtMs: 1234.5, payload, ...change }), 'm').stamp
      .version;
  const versions = [
    {},
    { kind: 'latest' },
    { trainedAtMs: 1 },
    { payload: payload.subarray(1) },
  ].map(version);
  expect(new Set(versions).size).toBe(4);
});

test('any changed byte is noticed', () => {
  for (let at = 0; at < frame.length; at++) {
    const changed = Uint8Array.from(frame);
    changed[at] ^= 0x10;
    expect(() => readFrame(changed, 'm')).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^SL_MODEL_(CORRUPT|VERSION)$/) }),
    );
  }
});

test('a frame that was cut off says how long it is and how long it should be', () => {
  for (let length = 0; length < frame.length; length++)
    expect(() => readFrame(frame.subarray(0, length), 'm')).toThrow(
      expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
    );
  expect(() => readFrame(frame.subarray(0, 90), 'm')).toThrow('has 90 bytes, expected 103');
});

test('a frame of a newer format says so', () => {
  const newer = Buffer.from(frame);
  newer.writeUInt16LE(2, 4);
  expect(() => readFrame(newer, 'm.slm')).toThrow(
    expect.objectContaining({
      code: 'SL_MODEL_VERSION',
      message: 'model file m.slm has format 2, expected 1 at most',
    }),
  );
});

test('a file that is no model says what it starts with', () => {
  const file = join(folder, 'other');
  writeFileSync(file, 'x'.repeat(100));
  expect(() => readModelFile(file)).toThrow('starts with 78787878, expected 534c4d44');
});

test('a file is written whole, and nothing is left when that fails', () => {
  const file = join(folder, 'deep', 'whole');
  writeWhole(file, frame);
  writeWhole(file, frame);
  expect(readModelFile(file).payload).toEqual(payload);
  expect(readdirSync(join(folder, 'deep'))).toEqual(['whole']);
  // A folder cannot be replaced by a file.
  expect(() => writeWhole(join(folder, 'deep'), frame)).toThrow();
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
