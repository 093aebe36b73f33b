import { expect, test } from 'vitest';
import { SightlineError } from '../../../src/domain/errors.ts';
import { readPushHeaders } from '../../../src/telemetry/export/push-headers.ts';
import { pushSchema } from '../../../src/telemetry/export/push-schema.ts';

const url = 'http://127.0.0.1:9090/api/v1/write';
const base = { kind: 'remote-write', url };
const parse = (destination: object) => pushSchema.safeParse({ prom: destination });
const complaint = (destination: object) =>
  parse(destination).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)[0];

test('a destination needs a kind and an address, and has defaults for the rest', () => {
  expect(parse(base).data).toEqual({
    prom: {
      ...base,
      ...{ everySeconds: 15, timeoutSeconds: 10, headersEnv: {}, labels: {}, maxQueued: 60 },
      ...{ aggregate: [], sample: [] },
    },
  });
  expect(pushSchema.parse(undefined)).toEqual({});
});

test('rules of aggregation and sampling have defaults', () => {
  const { prom } = pushSchema.parse({
    prom: { ...base, aggregate: [{ without: ['component'] }], sample: [{ over: 0.05 }] },
  });
  expect(prom.aggregate).toEqual([
    { without: ['component'], gauges: { across: 'avg', within: 'last' } },
  ]);
  expect(prom.sample).toEqual([{ over: 0.05, quantile: 0.99 }]);
});

test.each([
  [{ kind: 'remote-write' }, 'prom.url must be an http or https URL'],
  [{ ...base, url: 'file:///etc/passwd' }, 'prom.url must be an http or https URL'],
  [
    { ...base, url: 'http://me:secret@host/write' },
    'prom.url must not hold a password, use tokenEnv',
  ],
  [
    { ...base, headersEnv: { 'content-type': 'TYPE' } },
    'prom.headersEnv.content-type Invalid key in record',
  ],
  [{ ...base, tokenEnv: 'a secret' }, 'prom.tokenEnv must be the name of an environment variable'],
  [
    { ...base, sample: [{ metrics: ['sightline_fallbacks_total'], oneIn: 2 }] },
    'prom.sample.0.metrics.0 is no series of docs/metrics.md',
  ],
  [
    { ...base, everySeconds: 1, aggregate: [{ windowSeconds: 121 }] },
    'prom.aggregate must have no window over 120 periods',
  ],
  [{ ...base, sample: [{}] }, 'prom.sample.0 must have either oneIn or over'],
  [{ ...base, sample: [{ oneIn: 2, over: 1 }] }, 'prom.sample.0 must have either oneIn or over'],
  [{ ...base, everySeconds: 0 }, 'prom.everySeconds Too small: expected number to be >=1'],
  [{ kind: 'otlp', url, maxQueued: 3 }, 'prom Unrecognized key: "maxQueued"'],
])('%j is refused', (destination, expected) => {
  expect(complaint(destination)).toBe(expected);
});

test('names of plugins and of the process are let through', () => {
  const metrics = ['process_cpu_seconds_total', 'plugin_calls_total', 'sightline_fallback_total'];
  expect(parse({ ...base, sample: [{ metrics, oneIn: 4 }] }).success).toBe(true);
});

test('a variable that is not set, or cannot be a header, is named with its path and without its value', () => {
  const destinations = pushSchema.parse({
    prom: { ...base, tokenEnv: 'TOKEN', headersEnv: { 'X-Key': 'KEY' } },
  });
  let error: unknown;
  try {
    readPushHeaders(destinations, { KEY: 'two\nlines' });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SightlineError);
  const { code, message, mistakes } = error as SightlineError;
  expect(code).toBe('SL_CONFIG_INVALID');
  expect(mistakes).toEqual([
    {
      path: 'telemetry.push.prom.tokenEnv',
      message: 'variable TOKEN is not set, expected the value of a header',
    },
    {
      path: 'telemetry.push.prom.headersEnv.X-Key',
      message: 'variable KEY is not such a value, expected the value of a header',
    },
  ]);
  expect(message).not.toContain('lines');
});
