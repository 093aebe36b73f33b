import { SightlineError } from '../../domain/errors.ts';

/** How fast similarity fades, per hour: after a day 79 %, 62 % and 30 % of it are left. */
const presets = { slow: 0.01, normal: 0.02, instant: 0.05 } as const;

/** A preset by name, or a rate per hour of at least 0. */
export type DecayLambda = keyof typeof presets | number;

/** How fast similarity fades in each catalogue. */
export interface DecayLambdas {
  readonly default?: DecayLambda;
  /** By name of the catalogue. */
  readonly catalogs?: Readonly<Record<string, DecayLambda>>;
}

/**
 * Answers the rate per hour of a catalogue. Throws `SL_CONFIG_INVALID` for a rate that is negative or not finite and for
 * a preset that there is not.
 *
 * @example createLambdas({ catalogs: { news: 'instant' } })('news') // 0.05
 */
export function createLambdas({
  default: usual = 'normal',
  catalogs = {},
}: DecayLambdas = {}): (catalog: string) => number {
  const usualRate = rateOf(usual);
  const rates = new Map(Object.entries(catalogs).map(([name, lambda]) => [name, rateOf(lambda)]));
  return (catalog) => rates.get(catalog) ?? usualRate;
}

function rateOf(lambda: DecayLambda): number {
  const rate = typeof lambda === 'number' ? lambda : presets[lambda];
  if (rate >= 0 && rate < Number.POSITIVE_INFINITY) return rate;
  throw new SightlineError(
    'SL_CONFIG_INVALID',
    `lambda is ${lambda} per hour, expected ${Object.keys(presets).join(', ')} or a number from 0 on`,
  );
}
