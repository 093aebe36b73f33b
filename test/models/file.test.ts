import { expect, test } from 'vitest';
import { frameModel, readFrame } from '../../src/models/file.ts';

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

test('bytes that are no model say what they start with', () => {
  expect(() => readFrame(Buffer.from('x'.repeat(100)), 'other')).toThrow(
    'starts with 78787878, expected 534c4d44',
  );
});
