import { durationText } from '../rules/duration.ts';
import { burnWindows, type RecordedName } from '../rules/recorded.ts';
import type { RecordingRule } from '../rules/rule.ts';
import { type RuleQueries, ruleQueries } from '../rules/rule-queries.ts';
import type { Definition } from '../source/definition.ts';
import type { Objective } from './objective.ts';
import { type BurnWindow, burnWindowSeconds } from './windows.ts';

/** Windows whose burn rates change slowly and cost weeks of samples. */
const slowWindows: ReadonlySet<BurnWindow> = new Set(['1d', '3d', '30d']);

/** The rules that count what objectives promise, and the burn rates over hours. */
export function objectiveRules(
  definition: Definition,
  objectives: readonly Objective[],
): RecordingRule[] {
  if (objectives.length === 0) return [];
  return [
    ...objectives.flatMap((objective) => countingRules(definition, objective)),
    ...burnRules(definition, (window) => !slowWindows.has(window)),
  ];
}

/** The burn rates over days, and what is left of the budgets. */
export function slowObjectiveRules(
  definition: Definition,
  objectives: readonly Objective[],
): RecordingRule[] {
  if (objectives.length === 0) return [];
  const spent = ruleQueries(definition).recorded('sightline:slo_burn:30d');
  return [
    ...burnRules(definition, (window) => slowWindows.has(window)),
    rule('sightline:slo_budget_left:ratio', `1 - ${spent}`),
  ];
}

function countingRules(definition: Definition, objective: Objective): RecordingRule[] {
  const { slo, work, stage, share, bad, total } = objective;
  const { service, environment } = definition;
  const labels = { slo, work, ...(stage === undefined ? {} : { stage }) };
  const place = { job: service, ...(environment === undefined ? {} : { environment }) };
  return [
    rule('sightline:slo_objective:ratio', `vector(${share})`, { ...place, ...labels }),
    rule('sightline:slo_bad:rate5m', bad, labels),
    rule('sightline:slo_total:rate5m', total, labels),
  ];
}

/** Burn is the share that was bad divided by the share that may be: at 1 a budget lasts as long as its period. */
function burnRules(
  definition: Definition,
  isWanted: (window: BurnWindow) => boolean,
): RecordingRule[] {
  const q = ruleQueries(definition);
  const allowed = `(1 - ${q.recorded('sightline:slo_objective:ratio')})`;
  return burnWindows.filter(isWanted).map((window) => {
    const bad = over(q, 'sightline:slo_bad:rate5m', { definition, window });
    const total = over(q, 'sightline:slo_total:rate5m', { definition, window });
    return rule(`sightline:slo_burn:${window}`, `${bad} / (${total} > 0) / ${allowed}`);
  });
}

/** A rate over the shortest window is what is recorded; sums of it over longer ones weigh each event alike. */
function over(
  q: RuleQueries,
  name: RecordedName,
  { definition, window }: { definition: Definition; window: BurnWindow },
): string {
  const series = q.recorded(name);
  if (window === '5m') return series;
  return `sum_over_time(${series}[${durationText(burnWindowSeconds(definition, window))}])`;
}

function rule(
  record: RecordedName,
  expr: string,
  labels?: Readonly<Record<string, string>>,
): RecordingRule {
  return { record, expr, ...(labels === undefined ? {} : { labels }) };
}
