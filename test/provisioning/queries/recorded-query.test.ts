import { expect, test } from 'vitest';
import { createRecordedQuery } from '../../../src/provisioning/queries/recorded-query.ts';

test('a recorded series is looked for by job and by what is asked for, never by instance', () => {
  const recorded = createRecordedQuery({ environment: undefined });
  expect(recorded('sightline:slo_burn:1h', { work: '=~$work', slo: 'latency' })).toBe(
    'sightline:slo_burn:1h{job=~"$job", work=~"$work", slo="latency"}',
  );
});

test('a recorded series of an environment is not mixed up with another', () => {
  const recorded = createRecordedQuery({ environment: 'staging' });
  expect(recorded('sightline:error_rate:5m')).toBe(
    'sightline:error_rate:5m{job=~"$job", environment="staging"}',
  );
});
