import { expose } from '../../src/telemetry/exposition.ts';
import type { MetricSet } from '../../src/telemetry/metric-set.ts';

/**
 * The samples of a set by the name and labels that a scraper sees, without buckets.
 *
 * @example (await exposed(set))['sightline_fallback_total{work="home",stage="score",reason="plugin.error"}'] // 1
 */
export async function exposed(set: MetricSet): Promise<Record<string, number>> {
  const { body } = await expose(set.registry);
  const samples: Record<string, number> = {};
  for (const line of body.split('\n')) {
    if (line === '' || line.startsWith('#') || line.includes('_bucket{')) continue;
    const at = line.lastIndexOf(' ');
    samples[line.slice(0, at)] = Number(line.slice(at + 1));
  }
  return samples;
}
