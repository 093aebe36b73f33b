import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adoptContext, carriedHeaders, type InboundContext } from '../../src/telemetry/context.ts';
import { layOut } from '../../src/telemetry/layout.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

function adopt(inbound: InboundContext): { record: RequestRecord; replaced: string[] } {
  const record = new RequestRecord();
  const replaced: string[] = [];
  adoptContext(record, inbound, (name, fact) => {
    if (name === 'context.replaced') replaced.push((fact as { part: string }).part);
  });
  return { record, replaced };
}

test('without headers a request gets new random ids and nothing is told', () => {
  const [{ record, replaced }, other] = [adopt({}), adopt({})];
  expect(record.traceId).toMatch(/^[\da-f]{32}$/);
  expect(record.spanId).toMatch(/^[\da-f]{16}$/);
  expect(record.requestId).toMatch(/^[\da-f]{32}$/);
  expect(record.parentSpanId).toBe('');
  expect(replaced).toEqual([]);
  expect(other.record.traceId).not.toBe(record.traceId);
  expect(other.record.spanId).not.toBe(record.spanId);
});

test('well-formed headers are taken over', () => {
  const { record, replaced } = adopt({
    traceparent: `00-${traceId}-${spanId}-00`,
    tracestate: 'vendor=1,other=2',
    baggage: 'synthetic=true, variant = b;note=x',
    requestId: 'order:7.a_B-9',
  });
  expect(record).toMatchObject({
    traceId,
    parentSpanId: spanId,
    traceFlags: 0,
    traceState: 'vendor=1,other=2',
    baggage: 'synthetic=true, variant = b;note=x',
    requestId: 'order:7.a_B-9',
  });
  expect(record.spanId).not.toBe(spanId);
  expect(replaced).toEqual([]);
});

test('a later version of traceparent may say more', () => {
  const { record } = adopt({ traceparent: `01-${traceId}-${spanId}-01-more` });
  expect(record.traceId).toBe(traceId);
});

test.each([
  ['version ff', `ff-${traceId}-${spanId}-01`],
  ['version 00 with more', `00-${traceId}-${spanId}-01-more`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['two headers in one', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ['a short trace id', `00-${traceId.slice(1)}-${spanId}-01`],
  ['nothing', ''],
  ['a line end', `00-${traceId}-${spanId}-01\n`],
  ['too much', `01-${traceId}-${spanId}-01-${'x'.repeat(9000)}`],
])('a traceparent with %s is replaced and told', (_, traceparent) => {
  const { record, replaced } = adopt({ traceparent, tracestate: 'vendor=1' });
  expect(record.traceId).toMatch(/^[\da-f]{32}$/);
  expect(record.traceId).not.toBe(traceId);
  expect(record).toMatchObject({ parentSpanId: '', traceFlags: 1, traceState: '' });
  expect(replaced).toEqual(['traceparent']);
});

test.each([
  ['129 characters', 'a'.repeat(129)],
  ['a space', 'a b'],
  ['a control character', 'a\u001b[31m'],
  ['a quote', 'a"b'],
  ['letters outside ASCII', 'é'],
  ['nothing', ''],
])('a request id of %s is replaced and told', (_, requestId) => {
  const { record, replaced } = adopt({ requestId });
  expect(record.requestId).toMatch(/^[\da-f]{32}$/);
  expect(replaced).toEqual(['x-request-id']);
});

test.each([
  ['8193 bytes', `a=${'x'.repeat(8191)}`],
  ['65 members', Array.from({ length: 65 }, (_, i) => `k${i}=v`).join(',')],
  ['a control character', 'a=b\u0007'],
  ['no value', 'a'],
  ['an empty member', 'a=b,,c=d'],
  ['letters outside ASCII', 'a=é'],
])('baggage with %s is ignored and told', (_, baggage) => {
  const { record, replaced } = adopt({ baggage });
  expect(record.baggage).toBe('');
  expect(replaced).toEqual(['baggage']);
});

test('64 members of baggage in 8192 bytes are taken over', () => {
  const baggage = Array.from({ length: 64 }, (_, i) => `${i}=`.padEnd(127, 'v')).join(',');
  expect(adopt({ baggage: baggage.padEnd(8192, 'v') })).toMatchObject({ replaced: [] });
});

test('whatever comes in, the ids of a request are well formed', () => {
  const unit = fc.nat(0x17f).map((code) => String.fromCharCode(code));
  const text = fc.option(fc.string({ unit }), { nil: undefined });
  const headers = fc.record({
    traceparent: text,
    tracestate: text,
    baggage: text,
    requestId: text,
  });
  fc.assert(
    fc.property(headers, (inbound) => {
      const { record } = adopt(inbound);
      expect(record.traceId).toMatch(/^[\da-f]{32}$/);
      expect(record.spanId).toMatch(/^[\da-f]{16}$/);
      expect(record.requestId).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
      expect(record.baggage + record.traceState).toMatch(/^[\t\x20-\x7e]*$/);
    }),
    { numRuns: 40 },
  );
});

test('a call to a remote store carries on the trace and our own baggage, not that of the caller', () => {
  const { record } = adopt({
    traceparent: `00-${traceId}-${spanId}-00`,
    baggage: `note=${'x'.repeat(5000)}`,
    requestId: 'r'.repeat(128),
  });
  record.layout = layOut('home', []);
  expect(carriedHeaders(record)).toEqual({
    traceparent: `00-${traceId}-${record.spanId}-01`,
    baggage: `sightline.request_id=${'r'.repeat(128)},sightline.work=home`,
  });
  const fresh = adopt({}).record;
  expect(carriedHeaders(fresh).baggage).toBe(`sightline.request_id=${fresh.requestId}`);
});
