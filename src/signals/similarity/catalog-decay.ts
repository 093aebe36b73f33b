import type { BucketedValues } from '../../telemetry/fact-values.ts';
import { CatalogGroups } from '../gathering/catalog-groups.ts';
import { noItems } from '../known/item-columns.ts';
import type { Reading, SignalContext } from '../signal.ts';
import { createLambdas, type DecayLambdas } from './decay-lambda.ts';
import { DecayRates } from './decay-rates.ts';

/** What is told apart, and how fast things fade. */
export interface CatalogDecayOptions {
  /** How fast similarity fades; 0.02 per hour unless told otherwise. */
  readonly lambdaPerHour?: DecayLambdas;
  /** Age at which a decay rate counts half in the readings. */
  readonly halfLifeSeconds?: number;
  /** Catalogues told apart; the others share `__other__` and its lambda. */
  readonly maxCatalogs?: number;
}

/** What was found for the live items of a catalogue. */
export interface CatalogDecayRow {
  readonly catalog: string;
  /** Decay rates since the last call; undefined for none. */
  readonly decayRates: BucketedValues | undefined;
  /** Their recent mean, null for none, and of how many it is made. */
  readonly recent: { readonly value: number | null; readonly samples: number };
  /** Live items without a vector; undefined while there are no vectors at all. */
  readonly coldItems: number | undefined;
  readonly liveItems: number;
}

/** Decay rates and cold items of each catalogue that has had a live item. */
export interface CatalogDecay {
  /** Takes over what is known of the items; answers whether it is newer. O(items) if so. */
  follow(): boolean;
  /** Where the decay rates of an item go; undefined for one that may not be served. */
  ratesOf(item: number): DecayRates | undefined;
  /** Counts the live items without a vector anew. O(items). */
  countCold(isCold: ((item: number) => boolean) | undefined): void;
  /** What came since the last call, and the readings. */
  take(nowMs: number): {
    readonly rows: readonly CatalogDecayRow[];
    readonly readings: readonly Reading[];
  };
}

/** Follows the items of a context. Throws `SL_CONFIG_INVALID` for a lambda that is none. */
export function createCatalogDecay(
  context: SignalContext,
  { lambdaPerHour, halfLifeSeconds = 600, maxCatalogs = 32 }: CatalogDecayOptions = {},
): CatalogDecay {
  const lambdaOf = createLambdas(lambdaPerHour);
  const catalogs = new CatalogGroups(maxCatalogs);
  const usual = lambdaOf(context.nameOf(0));
  // None for the last group, that of the items that may not be served.
  const rates = Array.from({ length: catalogs.span - 1 }, () => new DecayRates(usual));
  const fade = createFading(rates, halfLifeSeconds);
  /** Groups that ever had a live item: they read 0 when they have none any more. */
  const known = new Set<number>();
  let items = noItems;
  let cold: Uint32Array | undefined;
  return {
    follow() {
      if (context.items === items) return false;
      items = context.items;
      catalogs.follow(items);
      for (const group of rates.keys()) if (catalogs.live[group] > 0) known.add(group);
      return true;
    },
    ratesOf: (item) => rates[catalogs.ofItem[item]],
    countCold(isCold) {
      cold = isCold && countByGroup(catalogs, isCold);
    },
    take(nowMs) {
      fade(nowMs);
      const rows = [...known].map((group): CatalogDecayRow => {
        const catalog = context.nameOf(catalogs.codes[group]);
        rates[group].lambdaPerHour = lambdaOf(catalog);
        return {
          catalog,
          decayRates: rates[group].take(),
          recent: rates[group].recent,
          coldItems: cold?.[group],
          liveItems: catalogs.live[group],
        };
      });
      // The box window in which as many rates come as the fading weights add up to.
      const windowSeconds = halfLifeSeconds / Math.LN2;
      return { rows, readings: rows.flatMap((row) => readingsOf(row, windowSeconds)) };
    },
  };
}

/** Answers what makes the recent means forget as time goes on. */
function createFading(
  rates: readonly DecayRates[],
  halfLifeSeconds: number,
): (nowMs: number) => void {
  let fadedAtMs: number | undefined;
  return (nowMs) => {
    const seconds = Math.max(0, nowMs - (fadedAtMs ?? nowMs)) / 1000;
    for (const group of rates) group.fade(2 ** (-seconds / halfLifeSeconds));
    fadedAtMs = nowMs;
  };
}

function countByGroup(
  { ofItem, span }: CatalogGroups,
  isCounted: (item: number) => boolean,
): Uint32Array {
  const counts = new Uint32Array(span);
  for (let item = 0; item < ofItem.length; item++) if (isCounted(item)) counts[ofItem[item]] += 1;
  return counts;
}

function readingsOf(
  { catalog, recent, coldItems, liveItems }: CatalogDecayRow,
  windowSeconds: number,
): Reading[] {
  const labels = { catalog };
  return [
    { measure: 'decay_rate', labels, ...recent, windowSeconds },
    { measure: 'cold_items', labels, value: coldItems ?? null, samples: liveItems },
  ];
}
