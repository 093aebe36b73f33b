import { mean } from 'simple-statistics';
import type { Click } from '../../../src/cli/replay/timeline.ts';
import { round } from '../harness/spread.ts';
import type { ColdShop } from './cold-shop.ts';
import type { Learning } from './learning-watch.ts';
import type { ArmResult } from './play-arm.ts';
import type { Outcome } from './watched-target.ts';

/** What is compared. */
export interface Arms {
  readonly learning: ArmResult;
  /** Never learns an item. */
  readonly without: ArmResult;
  /** Was trained with the items. */
  readonly known: ArmResult;
  readonly cutMs: number;
}

/** One cold item; hit rates are null where there is no target. */
interface ItemRow {
  readonly item: string;
  readonly catalog: string;
  /** Clicks on it before its vector was served; null where it never was, as are the next three. */
  readonly events_until_retrained: number | null;
  readonly recorded_minutes: number | null;
  readonly trigger_to_published_s: number | null;
  readonly hr20_before: number | null;
  readonly hr20_after: number | null;
  readonly control_hr20_after: number | null;
  readonly known_hr20_after: number | null;
  readonly targets_before: number;
  readonly targets_after: number;
}

/** The rows of the cold items, their means, and what became of all other items. */
export function compareArms(shop: ColdShop, { learning, without, known, cutMs }: Arms): object {
  const recordedAt = recordedTimes(shop.clicks);
  const rates = createRates({ without, known });
  const items = shop.cold.map(({ id, catalog }): ItemRow => {
    const found = learning.learnt.find(({ item }) => item === id);
    const { before, after } = split(learning, id, found);
    const rated = rates(after);
    return {
      item: id,
      catalog,
      events_until_retrained: found?.events ?? null,
      recorded_minutes: found ? Math.round((recordedAt.get(found.dueBy)! - cutMs) / 60_000) : null,
      trigger_to_published_s: found ? round(found.seconds) : null,
      hr20_before: rates(before).hr20_with,
      hr20_after: rated.hr20_with,
      control_hr20_after: rated.hr20_without,
      known_hr20_after: rated.hr20_known,
      targets_before: before.length,
      targets_after: after.length,
    };
  });
  const cold = new Set(shop.cold.map(({ id }) => id));
  const others = learning.outcomes.filter((one) => !cold.has(one.item) && one.generation > 0);
  return {
    items,
    mean: meanRow(items),
    control: { hr20_after: meanOf(items, 'control_hr20_after') },
    known: { hr20_after: meanOf(items, 'known_hr20_after') },
    others: rates(others),
    all: rates(learning.outcomes),
    replay_s: [without, learning, known].map(({ seconds }) => round(seconds)),
  };
}

/** Hit rates on the same targets in the three arms. */
interface Rates {
  readonly targets: number;
  readonly hr20_with: number | null;
  readonly hr20_without: number | null;
  readonly hr20_known: number | null;
}

/** Makes what rates targets of the learning arm. */
function createRates({ without, known }: Pick<Arms, 'without' | 'known'>) {
  const hitsWithout = hitsOf(without);
  const hitsKnown = hitsOf(known);
  return (targets: readonly Outcome[]): Rates => ({
    targets: targets.length,
    hr20_with: rate(targets.map(({ hit }) => hit)),
    hr20_without: rate(targets.map(({ key }) => hitsWithout.has(key))),
    hr20_known: rate(targets.map(({ key }) => hitsKnown.has(key))),
  });
}

/** Recorded time of each click by the key that a replay gives it. */
function recordedTimes(clicks: readonly Click[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  return new Map(
    clicks.map(({ session, atMs }) => {
      const position = positions.get(session) ?? 0;
      positions.set(session, position + 1);
      return [`${session}-${position}`, atMs];
    }),
  );
}

/** The targets of an item that were answered before its vector was served, and after. */
function split({ outcomes, ordinal }: ArmResult, item: string, found: Learning | undefined) {
  const first = found === undefined ? Number.POSITIVE_INFINITY : ordinal(found.generation);
  const targets = outcomes.filter((outcome) => outcome.item === item);
  return {
    before: targets.filter(({ generation }) => generation < first),
    after: targets.filter(({ generation }) => generation >= first),
  };
}

function hitsOf({ outcomes }: ArmResult): ReadonlySet<string> {
  return new Set(outcomes.filter(({ hit }) => hit).map(({ key }) => key));
}

function rate(hits: readonly boolean[]): number | null {
  return hits.length === 0 ? null : round(mean(hits.map(Number)));
}

function meanOf(
  rows: readonly ItemRow[],
  field: Exclude<keyof ItemRow, 'item' | 'catalog'>,
): number | null {
  const values = rows.flatMap((row) => row[field] ?? []);
  return values.length === 0 ? null : round(mean(values));
}

/** Items count alike, however often they are clicked. */
function meanRow(rows: readonly ItemRow[]): object {
  const fields = [
    'events_until_retrained',
    'recorded_minutes',
    'trigger_to_published_s',
    'hr20_before',
    'hr20_after',
  ] as const;
  return Object.fromEntries(fields.map((field) => [field, meanOf(rows, field)]));
}
