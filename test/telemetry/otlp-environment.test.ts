import { expect, test } from 'vitest';
import { planTracing, resourceAttributes } from '../../src/telemetry/otlp-environment.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

test('without an endpoint there is nothing to do', () => {
  const nothing = { target: undefined, sdk: false, notes: [] };
  expect(planTracing({})).toEqual(nothing);
  expect(planTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toEqual(nothing);
  expect(planTracing({ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' })).toEqual(nothing);
});

test('the general endpoint is the root of all signals, the one for traces is whole', () => {
  expect(planTracing(endpoint)).toEqual({
    target: {
      url: 'http://collector:4318/v1/traces',
      headers: {},
      timeoutMs: 10_000,
      gzip: false,
    },
    sdk: true,
    notes: [],
  });
  const own = { ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' };
  expect(planTracing(own).target?.url).toBe('https://traces.example/in');
});

test('variables for traces go before the general ones', () => {
  const { target } = planTracing({
    ...endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a, x-team = b',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20c',
    OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '250',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
  });
  expect(target).toMatchObject({
    headers: { authorization: 'Bearer c', 'x-team': 'b' },
    timeoutMs: 250,
    gzip: true,
  });
});

test('switched off traces keep propagation', () => {
  const plan = planTracing({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' });
  expect(plan).toEqual({ target: undefined, sdk: true, notes: [] });
});

test.each([
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'protocol grpc'],
  [{ OTEL_TRACES_EXPORTER: 'otlp,console' }, 'console'],
  [{ OTEL_EXPORTER_OTLP_TIMEOUT: 'soon' }, 'timeout is soon'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'bad name=secret' }, 'a header that cannot be sent'],
  [{ OTEL_EXPORTER_OTLP_HEADERS: 'name=secret%0Ax' }, 'a header that cannot be sent'],
])('what cannot be had is noted once and does not stop the rest: %o', (variables, words) => {
  const { target, notes } = planTracing({ ...endpoint, ...variables });
  expect(target?.url).toBe('http://collector:4318/v1/traces');
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain(words);
  expect(notes[0]).not.toContain('secret');
});

test('an endpoint that is no URL of HTTP exports nothing and says so', () => {
  for (const OTEL_EXPORTER_OTLP_ENDPOINT of ['collector:4318', 'ftp://collector', 'http://']) {
    const { target, sdk, notes } = planTracing({ OTEL_EXPORTER_OTLP_ENDPOINT });
    expect({ target, sdk, notes: notes.length }).toEqual({
      target: undefined,
      sdk: false,
      notes: 1,
    });
  }
});

test('attributes of the environment go over our own, and the service name over all', () => {
  const own = { 'service.name': 'sightline', 'service.version': '1' };
  const environment = {
    OTEL_RESOURCE_ATTRIBUTES:
      'deployment.environment.name=prod%20eu,service.version=2,broken,=x,bad=%zz,service.name=a',
  };
  expect(resourceAttributes(environment, own)).toEqual({
    'service.name': 'a',
    'service.version': '2',
    'deployment.environment.name': 'prod eu',
  });
  const named = { ...environment, OTEL_SERVICE_NAME: 'shop' };
  expect(resourceAttributes(named, own)['service.name']).toBe('shop');
  expect(resourceAttributes({}, own)).toEqual(own);
});
