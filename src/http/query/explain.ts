import type { Answer } from '../../answer.ts';
import { type DegradationReason, degradationReasons } from '../../domain/degradation.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { stageOutcomes } from '../../telemetry/request-record.ts';
import type { Explanation } from './recommend-schema.ts';

/** How an answer came about: the intent, each stage, and what each scorer gave each item. */
export function explain(answer: Answer, table: ItemTable): Explanation {
  return {
    outcome: answer.record.outcome,
    intent: intentOf(answer, table),
    stages: stagesOf(answer),
    items: itemsOf(answer, table),
  };
}

function intentOf({ intent, scorers }: Answer, table: ItemTable): Explanation['intent'] {
  const { surface, sessionState, segment, catalog, locale, unmatched, anchor } = intent;
  return {
    surface,
    session_state: sessionState,
    segment,
    catalog,
    locale,
    // Categories that do not exist have no name here.
    categories: [...intent.categories].flatMap((code) => table.categories.names[code] ?? []),
    attributes: Array.from(intent.attributes, (code) => table.attributes.names[code]),
    unmatched: [...unmatched],
    anchor: anchor < 0 ? null : table.ids[anchor],
    recent: Array.from(intent.recent, (index) => table.ids[index]),
    session_entropy: shortOrNull(intent.sessionEntropy),
    freshness: shortOrNull(intent.freshness),
    weights: byScorer(scorers, (s) => intent.weights[s]),
  };
}

function stagesOf({ record }: Answer): Explanation['stages'] {
  const { layout } = record;
  if (layout === undefined) return [];
  return layout.stages.map(({ stage, component, components }, s) => ({
    stage,
    component,
    ms: duration(record.stageEnd[s] - record.stageStart[s]),
    in: record.stageIn[s],
    out: record.stageOut[s],
    outcome: stageOutcomes[record.stageOutcome[s]],
    reason: reasonAt(record.stageReason[s]),
    components: components.map((name, c) => {
      const at = layout.firstComponent[s] + c;
      return {
        name,
        ms: duration(record.componentMs[at]),
        count: record.componentCount[at],
        outcome: stageOutcomes[record.componentOutcome[at]],
      };
    }),
  }));
}

function itemsOf(answer: Answer, table: ItemTable): Explanation['items'] {
  const { slate, scorers } = answer;
  return Array.from(slate.items.subarray(0, slate.count), (item, p) => ({
    id: table.ids[item],
    contributions: byScorer(scorers, (s) => answer.contribution(p, s)),
  }));
}

/** One finite number a scorer, rounded to what a reader can use. */
export function byScorer(
  scorers: readonly string[],
  of: (s: number) => number,
): Record<string, number> {
  return Object.fromEntries(scorers.map((name, s) => [name, short(of(s) || 0)]));
}

/** A number with as many digits as a reader can use. */
export const short = (value: number) => Number(value.toPrecision(5));
const shortOrNull = (value: number | undefined) => (value === undefined ? null : short(value));

function reasonAt(code: number): Exclude<DegradationReason, 'none'> | null {
  const reason = degradationReasons[code];
  return reason === 'none' ? null : reason;
}

/** Milliseconds with the three decimals that the clock can tell apart. */
const duration = (ms: number) => Math.round(Math.max(0, ms) * 1000) / 1000;
