import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SightlineError } from '../../src/domain/errors.ts';
import { feedbackKey } from '../../src/domain/feedback.ts';
import { parse } from '../../src/http/errors.ts';
import { createFeedbackReader, feedbackSchemas } from '../../src/http/query/feedback-events.ts';

const maxBatch = 4;
const nowMs = 1_700_000_000_000;
const read = createFeedbackReader(maxBatch);

/** What the schema alone makes of a body. */
function readBySchema(body: unknown) {
  const { batch } = feedbackSchemas(maxBatch);
  const given = Array.isArray(body) ? { events: body } : body;
  return parse(batch, given).events.map(({ id, timestamp, request_id, ...rest }) => {
    const event = { ...rest, atMs: timestamp ?? nowMs, requestId: request_id };
    return { ...event, key: id ?? feedbackKey(event) };
  });
}

function outcomeOf(reading: () => unknown): unknown {
  try {
    return reading();
  } catch (error) {
    const { code, message, path, mistakes } = error as SightlineError;
    return { code, message, path, mistakes };
  }
}

/** Sets a field as JSON does: `__proto__` is one like the others. */
function withField(given: object, field: string, value: unknown): object {
  const property = { value, enumerable: true, configurable: true, writable: true };
  return Object.defineProperty({ ...given }, field, property);
}

function expectSameReading(body: unknown): void {
  expect(outcomeOf(() => read(body, nowMs))).toEqual(outcomeOf(() => readBySchema(body)));
}

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);
/** Values at and beyond the borders of what the fields accept. */
const borders = [
  ...[undefined, null, true, {}, [], -1, -0, 0.5, 8.64e15, 9e15, Number.POSITIVE_INFINITY],
  ...['', '.', '..', 'a\n', 'a\u0085', '\ud800', '2024-02-29T00:00:00Z', '2023-02-29T00:00:00Z'],
  ...[128, 129, 512, 513].map((length) => 'x'.repeat(length)),
];
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.string({ maxLength: 4, unit: 'binary' }),
  fc.constantFrom(...borders),
);
const time = fc.oneof(
  fc.nat(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('2024-02-29T23:59:59Z', '2024-01-01T00:00:00.123456+05:30', -0),
);
const event = fc.record(
  {
    id: name,
    type: name,
    item: name,
    user: name,
    session: name,
    timestamp: time,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    request_id: name,
  },
  { requiredKeys: ['type', 'item'] },
);
const fieldNames = [
  ...['id', 'type', 'item', 'user', 'session', 'timestamp', 'value', 'request_id'],
  ...['colour', '__proto__', 'constructor', 'key', 'atMs'],
];
/** An event with one field that may be anything. */
const oddEvent = fc
  .tuple(event, fc.constantFrom(...fieldNames), odd)
  .map(([given, field, value]) => withField(given, field, value));
const batches = fc.oneof(
  fc.array(event, { maxLength: maxBatch + 1 }),
  fc.tuple(oddEvent),
  fc.array(fc.oneof({ weight: 4, arbitrary: event }, oddEvent, odd), { maxLength: maxBatch + 1 }),
);
const bodies = fc.oneof(
  { weight: 6, arbitrary: batches },
  { weight: 4, arbitrary: batches.map((events) => ({ events })) },
  batches.map((events) => ({ events, more: 1 })),
  event,
  odd,
);

test('batches are read as the schema reads them, with the same mistakes', () => {
  fc.assert(fc.property(bodies, expectSameReading), { numRuns: 1000 });
});

test('every field is read as the schema reads it at its borders', () => {
  for (const field of fieldNames) {
    for (const value of borders)
      expectSameReading([withField({ type: 'click', item: 'A1' }, field, value)]);
  }
});

test('a field that only looks known is refused', () => {
  const body = JSON.parse('[{"type":"click","item":"A1","__proto__":{"user":"u1"}}]');
  expect(outcomeOf(() => read(body, nowMs))).toMatchObject({
    code: 'SL_REQUEST_INVALID',
    path: 'events.0.__proto__',
  });
});

test('events with a time and an id, or without them, have the same fields', () => {
  const [all] = read(
    [{ id: 'e', type: 'buy', item: 'A', user: 'u', timestamp: 7, value: 1, request_id: 'r' }],
    nowMs,
  );
  const [few] = read([{ type: 'buy', item: 'A' }], nowMs);
  expect(Object.keys(few)).toEqual(Object.keys(all));
  expect(few).toMatchObject({ atMs: nowMs, key: expect.stringMatching(/^[\w-]{22}$/) });
});
