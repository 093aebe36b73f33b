import type { Item } from '../../domain/item.ts';
import type { Evaluate } from '../../expressions/parse-expression.ts';
import { Time } from '../../expressions/values.ts';
import type { Ledger } from '../ledger.ts';
import { createFeedbackTotals } from './feedback-totals.ts';

/** What a board goes by, compiled. */
export interface BoardExpressions {
  readonly score: Evaluate;
  readonly filter: Evaluate | undefined;
}

/** An item with the score that its expression gave. */
export interface ScoredItem {
  readonly item: Item;
  /** Finite. */
  readonly score: number;
}

/** What came of asking about all items. */
export interface ScoredItems {
  readonly scored: readonly ScoredItem[];
  /** Items about which an expression could not be worked out, or gave no finite number. */
  readonly failed: number;
  /** What went wrong with the first of them. */
  readonly firstFailure: string | undefined;
}

/** Elements that one expression may look at for one item: some for each entry of its feedback, and some for any item. */
const stepsFor = (entries: number) => 10_000 + 64 * entries;

/**
 * Asks about each item that is not hidden whether it is on the board, and with which score; `now()` is the end of the ledger.
 * What cannot be worked out leaves the item out. O(items + events) for expressions that look at the feedback once.
 */
export function scoreItems(
  ledger: Ledger,
  { score, filter }: BoardExpressions,
  told: (done: number) => void = () => {},
): ScoredItems {
  const { items, nowMs } = ledger;
  const feedback = createFeedbackTotals(ledger);
  const scored: ScoredItem[] = [];
  let failed = 0;
  let firstFailure: string | undefined;
  const fail = (what: string) => {
    failed += 1;
    firstFailure ??= what;
  };
  for (const [code, item] of items.entries()) {
    if (code % 10_000 === 0) told(code / items.length);
    if (item.hidden) continue;
    feedback.turnTo(code);
    const values = { item: valueOfItem(item), feedback };
    const bounds = { nowMs, maxSteps: stepsFor(feedback.length) };
    const passed = filter?.(values, bounds) ?? { value: true };
    if ('mistake' in passed) fail(passed.mistake);
    if ('mistake' in passed || passed.value !== true) continue;
    const given = score(values, bounds);
    if ('mistake' in given) fail(given.mistake);
    else if (Number.isFinite(given.value)) scored.push({ item, score: given.value as number });
    else fail(`score is ${given.value}, expected a finite number`);
  }
  return { scored, failed, firstFailure };
}

function valueOfItem(item: Item) {
  return {
    ItemId: item.id,
    IsHidden: item.hidden,
    Categories: item.categories,
    Timestamp: new Time(item.publishedAtMs),
    Labels: labelsOf(item),
    Comment: item.comment ?? '',
  };
}

/** Names of labels go before equal ones of attributes. */
function labelsOf({ labels, attributes }: Item): unknown {
  const isNamed = typeof labels === 'object' && labels !== null && !Array.isArray(labels);
  if (isNamed) return { ...attributes, ...labels };
  return labels ?? attributes;
}
