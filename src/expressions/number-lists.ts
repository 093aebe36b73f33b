import { demand, type Frame, nameOfType, type Run } from './compiled.ts';
import { elementType, kindOfType } from './expression-type.ts';
import { type ListCall, walk } from './list-call.ts';
import { ExpressionMistake } from './mistake.ts';
import { kindOf, type List } from './values.ts';

/** The numbers of a list, or what a predicate says of its elements. */
function numbersOf({
  name,
  at,
  args: [list],
  predicate,
}: ListCall): (frame: Frame, list: List) => number[] {
  const element = predicate?.type ?? elementType(list.type);
  const kind = kindOfType(element);
  const mistake = (given: string) =>
    new ExpressionMistake(`${name} of ${given}, expected numbers`, at);
  if (kind !== undefined && kind !== 'number') throw mistake(nameOfType(element));
  return (frame, listed) => {
    const numbers: number[] = [];
    walk(frame, listed, at, (one) => {
      const value = predicate === undefined ? one : predicate.run(frame);
      if (typeof value !== 'number') throw mistake(kindOf(value));
      return numbers.push(value) > 0;
    });
    return numbers;
  };
}

/** The sum, mean or median of numbers; 0 of none. */
export function aggregate(call: ListCall, listed: (frame: Frame) => List): Run {
  const numbers = numbersOf(call);
  const { name } = call;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return (frame) => {
    const values = numbers(frame, listed(frame));
    if (name === 'sum' || values.length === 0) return sum(values);
    if (name === 'mean') return sum(values) / values.length;
    values.sort((a, b) => a - b);
    const middle = values.length >> 1;
    return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  };
}

/** The least or greatest of numbers, or of one list of them. */
export function extreme(call: ListCall): Run {
  const { name, at, args } = call;
  const isBetter =
    name === 'min' ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  const best = (values: readonly number[]): number => {
    if (values.length === 0)
      throw new ExpressionMistake(`${name} of nothing, expected at least one number`, at);
    return values.reduce((one, other) => (isBetter(other, one) ? other : one));
  };
  if (args.length === 1 && kindOfType(args[0].type) !== 'number') {
    const listed = demand(args[0], 'list', `values of ${name}`) as (frame: Frame) => List;
    const numbers = numbersOf(call);
    return (frame) => best(numbers(frame, listed(frame)));
  }
  const runs = args.map((arg) => demand(arg, 'number', `value of ${name}`));
  if (runs.length === 0) best([]);
  return (frame) => best(runs.map((run) => run(frame) as number));
}
