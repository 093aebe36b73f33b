import { expect, test } from 'vitest';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { metricsPage } from '../../src/telemetry/metrics-page.ts';

test('the page has one row for each series', () => {
  const rows = metricsPage()
    .split('\n')
    .filter((line) => /^\|.*`(sightline_|http_server_)/.test(line));
  expect(rows).toHaveLength(Object.keys(metricTable).length);
  expect(rows[3]).toBe(
    '| 4 | `sightline_fallback_total` | counter | `work` `stage` `reason` |  | Degradations that changed what was served, by stage and reason | `fallback.served` |',
  );
});

test('the page tells what explains a key metric', () => {
  expect(metricsPage()).toMatch(/\| \(14\) \| `sightline_cold_items` .* \| `items.cold` \|/);
});
