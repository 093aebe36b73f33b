import { durationText } from '../rules/duration.ts';
import type { AlertProof, AlertRule } from '../rules/rule.ts';
import { ruleQueries } from '../rules/rule-queries.ts';
import type { Definition } from '../source/definition.ts';
import { leastEvents } from '../symptoms/symptom.ts';
import { burnPages } from './burn-pages.ts';
import { isTimed, type Objective, type ObjectiveKind, objectiveKinds } from './objective.ts';
import {
  type BurnWindow,
  burnWindowSeconds,
  objectiveInterval,
  objectiveWindow,
  scaledSeconds,
} from './windows.ts';

/** Two windows that must both burn so fast: the long one shows that it matters, the short one that it goes on. */
interface BurnPair {
  readonly long: Exclude<BurnWindow, '30d'>;
  readonly short: Exclude<BurnWindow, '30d'>;
  readonly factor: number;
}

/** Spend 2 % of the budget in an hour, or 5 % in six: the parameters of the SRE workbook. */
const fast: readonly BurnPair[] = [
  { long: '1h', short: '5m', factor: 14.4 },
  { long: '6h', short: '30m', factor: 6 },
];
/** Spend 10 % in a day, or in three. */
const slow: readonly BurnPair[] = [
  { long: '1d', short: '2h', factor: 3 },
  { long: '3d', short: '6h', factor: 1 },
];

/** What users feel at once when a whole work breaks it; somebody is woken for these alone. */
const felt: ReadonlySet<ObjectiveKind> = new Set(['availability', 'latency', 'nonempty']);

/** Alert and budget of each kind, as people read them. */
const names: Readonly<Record<ObjectiveKind, { readonly alert: string; readonly budget: string }>> =
  {
    availability: { alert: 'SightlineAvailabilityBudgetBurn', budget: 'error budget' },
    latency: { alert: 'SightlineLatencyBudgetBurn', budget: 'budget of slow answers' },
    nonempty: { alert: 'SightlineNonEmptyBudgetBurn', budget: 'budget of empty answers' },
    freshness: { alert: 'SightlineFreshnessBudgetBurn', budget: 'budget of stale data' },
    coverage: { alert: 'SightlineCoverageBudgetBurn', budget: 'budget of low coverage' },
  };

/** The alerts on error budgets that are spent too fast: a page and a ticket for each kind that is promised. */
export function burnAlerts(definition: Definition, objectives: readonly Objective[]): AlertRule[] {
  return objectiveKinds.flatMap((kind) => {
    const own = objectives.filter(({ slo }) => slo === kind);
    const paged = own.filter(isFelt);
    return [...page(definition, kind, paged), ...ticket(definition, kind, own)];
  });
}

const isFelt = ({ slo, stage }: Objective) => felt.has(slo) && stage === undefined;

function page(
  definition: Definition,
  kind: ObjectiveKind,
  objectives: readonly Objective[],
): AlertRule[] {
  const pairs = reachable(fast, objectives);
  if (pairs.length === 0) return [];
  const strictest = strictestOf(objectives);
  const expr = pairs.map((pair) => burning(definition, pair, { slo: kind, stage: '' }));
  const { firing, silent } = proofOf(definition, strictest, fullBurn(strictest));
  return [
    {
      ...shared(definition, kind),
      expr: expr.join('\nor\n'),
      severity: 'critical',
      forSeconds: scaledSeconds(definition, 120),
      keepFiringForSeconds: scaledSeconds(definition, 300),
      // What somebody is woken for is worth a ticket as well.
      proof: { firing: { ...firing, alsoFiring: ['warning'] }, silent },
    },
  ];
}

function ticket(
  definition: Definition,
  kind: ObjectiveKind,
  objectives: readonly Objective[],
): AlertRule[] {
  const pairs = reachable(slow, objectives);
  if (pairs.length === 0) return [];
  const strictest = strictestOf(objectives);
  // What pages nobody is told of here when it breaks at once.
  const unfelt = objectives.filter((objective) => !isFelt(objective));
  const where = felt.has(kind) ? { slo: kind, stage: '!=' } : { slo: kind };
  const expr = [
    ...pairs.map((pair) => burning(definition, pair, { slo: kind })),
    ...reachable(fast, unfelt).map((pair) => burning(definition, pair, where)),
  ];
  const burn = isTimed(strictest) ? fullBurn(strictest) : Math.min(2, fullBurn(strictest));
  return [
    {
      ...shared(definition, kind),
      expr: expr.join('\nor\n'),
      severity: 'warning',
      forSeconds: scaledSeconds(definition, 900),
      keepFiringForSeconds: scaledSeconds(definition, 1800),
      proof: proofOf(definition, strictest, burn),
    },
  ];
}

function shared(definition: Definition, kind: ObjectiveKind) {
  const { summary, ...runbook } = burnPages(definition)[kind];
  return {
    alert: names[kind].alert,
    summary,
    description: `Work {{ $labels.work }}{{ with $labels.stage }}, stage {{ . }}{{ end }} spends its ${names[kind].budget} {{ $value | humanize }} times as fast as would last for ${definition.sloDays} days.`,
    dashboard: { key: 'overview', panel: 'burn' },
    runbook,
  };
}

/** Burning over both windows, by more than a few bad events: one alone pages nobody, however few there were. */
function burning(
  definition: Definition,
  { long, short, factor }: BurnPair,
  where: { readonly slo: ObjectiveKind; readonly stage?: string },
): string {
  const q = ruleQueries(definition);
  const window = durationText(burnWindowSeconds(definition, long));
  const bad = `sum_over_time(${q.recorded('sightline:slo_bad:rate5m', where)}[${window}])`;
  return [
    `${q.recorded(`sightline:slo_burn:${long}`, where)} > ${factor}`,
    `${q.recorded(`sightline:slo_burn:${short}`, where)} > ${factor}`,
    `${bad} * ${objectiveInterval(definition)} >= ${leastEvents}`,
  ].join('\nand\n');
}

/** Burn while everything is bad. */
const fullBurn = ({ share }: Objective) => 1 / (1 - share);

/** A promise of a half cannot burn faster than twice: what could never fire is left out. */
function reachable(pairs: readonly BurnPair[], objectives: readonly Objective[]): BurnPair[] {
  return pairs.filter(({ factor }) => objectives.some((one) => factor < fullBurn(one)));
}

const strictestOf = (objectives: readonly Objective[]) =>
  objectives.toSorted((a, b) => b.share - a.share)[0];

/** Traffic that spends the budget so fast for twenty minutes of 30 days, and traffic that spends nothing. */
function proofOf(definition: Definition, objective: Objective, burn: number): AlertProof {
  const { slo, work, stage, share } = objective;
  const stepSeconds = Math.max(1, Math.floor(objectiveWindow(definition) / 5));
  const asked = { stepSeconds, atMinutes: (20 * stepSeconds) / 60 };
  const labels = { slo, work, ...(stage === undefined ? {} : { stage }) };
  return {
    firing: { series: objective.proof(burn * (1 - share)), ...asked, labels, value: burn },
    silent: { series: objective.proof(0), ...asked },
  };
}
