import { exposedName, type MetricName, metricTable } from '../../telemetry/metrics.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';
import { isAlert } from './rule-groups.ts';

/**
 * The alerts on each series of the table, by exposed name, those through recorded series included. Series without an
 * alert are left out.
 *
 * @example alertsBySeries(groups).get('sightline_model_age_seconds') // ['SightlineModelOld']
 */
export function alertsBySeries(groups: readonly RuleGroup[]): Map<string, readonly string[]> {
  const rules = groups.flatMap((group) => group.rules);
  const recordings = rules.flatMap((rule) => (isAlert(rule) ? [] : rule));
  const alerts = rules.filter(isAlert).map(({ alert, expr }) => ({
    alert,
    series: seriesBehind(expr, { recordings, slo: /slo="(\w+)"/.exec(expr)?.[1] }),
  }));
  const names = (Object.keys(metricTable) as MetricName[]).map(exposedName);
  return new Map(
    names.flatMap((name) => {
      const own = alerts.filter(({ series }) => series.has(name)).map(({ alert }) => alert);
      return own.length === 0 ? [] : [[name, [...new Set(own)]] as const];
    }),
  );
}

interface Recordings {
  readonly recordings: readonly RecordingRule[];
  /** The kind of objective that is asked for; the others are not behind it. */
  readonly slo: string | undefined;
}

/** Every series that an expression reads, or that a recorded series in it is made of. */
function seriesBehind(expr: string, about: Recordings, known = new Set<string>()): Set<string> {
  for (const [name] of expr.matchAll(/[a-z_:][\w:]*(?=\{)/gi)) {
    if (known.has(name)) continue;
    known.add(name).add(name.replace(/_(?:bucket|sum|count)$/, ''));
    for (const { record, labels, expr: inner } of about.recordings) {
      const kind = labels?.slo;
      if (record !== name || (kind !== undefined && kind !== about.slo)) continue;
      seriesBehind(inner, about, known);
    }
  }
  return known;
}
