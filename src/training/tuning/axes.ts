import type { Axis } from '../../math/parzen.ts';
import type { Dimension } from '../../models/search-space.ts';

/** A value that an option is tried with. */
export type TrialValue = string | number | boolean;
/** Options of a trial by name: those of the search space. */
export type TrialValues = Readonly<Record<string, TrialValue>>;

/** A search space of whatever options. */
export type TrialSpace = Readonly<Record<string, Dimension | undefined>>;

/** One option as a coordinate. */
export interface OptionAxis {
  readonly name: string;
  readonly axis: Axis;
  /** Where a value stands; values outside of the dimension stand at its edge, unknown choices at the first. */
  encode(value: unknown): number;
  decode(place: number): TrialValue;
  /** The place of a number in [0, 1). */
  fromUnit(unit: number): number;
}

/**
 * The options of a search space as coordinates, in its order. Whole numbers have a cell each, so that rounding gives
 * the first and the last as much as the others.
 *
 * @example axesOf({ lambda: { scale: 'log', min: 1, max: 100 } })[0].decode(0.5) // 10
 */
export function axesOf(space: TrialSpace): readonly OptionAxis[] {
  return Object.entries(space).flatMap(([name, dimension]) => {
    if (dimension === undefined) return [];
    return ['choices' in dimension ? choiceAxis(name, dimension) : numberAxis(name, dimension)];
  });
}

function choiceAxis(name: string, { choices }: Extract<Dimension, { choices: unknown }>) {
  return {
    name,
    axis: { choices: choices.length },
    encode: (value: unknown) => Math.max(0, choices.indexOf(value as TrialValue)),
    decode: (place: number) => choices[place],
    fromUnit: (unit: number) => Math.floor(unit * choices.length),
  };
}

function numberAxis(
  name: string,
  { scale, min, max, int = false }: Extract<Dimension, { scale: unknown }>,
): OptionAxis {
  const [to, from] = scale === 'log' ? [Math.log, Math.exp] : [same, same];
  const margin = int ? 0.5 : 0;
  const [low, high] = [to(min - margin), to(max + margin)];
  const length = Math.max(high - low, Number.MIN_VALUE);
  const placeOf = (value: number) => Math.min(1, Math.max(0, (to(value) - low) / length));
  const encode = (value: unknown): number => {
    const number = Number(value);
    return placeOf(Number.isNaN(number) ? min : Math.min(max, Math.max(min, number)));
  };
  const decode = (place: number): number => {
    const value = from(low + place * length);
    return Math.min(max, Math.max(min, int ? Math.round(value) : rounded(value)));
  };
  const snap = (place: number) => encode(decode(place));
  const cellOf = (place: number) => {
    const value = decode(place);
    return [placeOf(value - 0.5), placeOf(value + 0.5)] as const;
  };
  return { name, axis: int ? { snap, cellOf } : { snap }, encode, decode, fromUnit: snap };
}

const same = (value: number) => value;

/** Four digits: more say nothing about an option, and people read them. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
