import { type Compiled, demand, type Frame, fold, nameOfType, type Run } from './compiled.ts';
import { type ExpressionType, elementType, kindOfType } from './expression-type.ts';
import { type ListCall, walk } from './list-call.ts';
import { ExpressionMistake } from './mistake.ts';
import { aggregate, extreme } from './number-lists.ts';
import { isList, kindOf, type List } from './values.ts';

/** What a function of a list makes of it; `tell` works out the predicate for the element of the frame. */
interface Walked {
  readonly frame: Frame;
  readonly list: List;
  readonly at: number;
  readonly tell: Run;
}

interface ListFunction {
  /** What the predicate must give; absent where there is none. */
  readonly predicate?: 'bool' | 'any' | undefined;
  readonly gives: (list: ExpressionType, predicate: ExpressionType) => ExpressionType;
  readonly apply: (walked: Walked) => unknown;
}

function countOf({ frame, list, at, tell }: Walked, limit = Number.POSITIVE_INFINITY): number {
  let count = 0;
  walk(frame, list, at, () => {
    if (tell(frame) === true) count += 1;
    return count < limit;
  });
  return count;
}

function find({ frame, list, at, tell }: Walked): unknown {
  let found: unknown;
  walk(frame, list, at, (element) => {
    if (tell(frame) !== true) return true;
    found = element;
    return false;
  });
  return found;
}

function filter({ frame, list, at, tell }: Walked): unknown[] {
  const kept: unknown[] = [];
  walk(frame, list, at, (element) => {
    if (tell(frame) === true) kept.push(element);
    return true;
  });
  return kept;
}

function map({ frame, list, at, tell }: Walked): unknown[] {
  const told: unknown[] = [];
  walk(frame, list, at, () => told.push(tell(frame)) > 0);
  return told;
}

const boolean = () => 'bool' as const;

/** Functions that ask a predicate about elements. */
const asking: Readonly<Record<string, ListFunction>> = {
  count: { predicate: 'bool', gives: () => 'number', apply: (walked) => countOf(walked) },
  any: { predicate: 'bool', gives: boolean, apply: (walked) => countOf(walked, 1) === 1 },
  none: { predicate: 'bool', gives: boolean, apply: (walked) => countOf(walked, 1) === 0 },
  one: { predicate: 'bool', gives: boolean, apply: (walked) => countOf(walked, 2) === 1 },
  all: {
    predicate: 'bool',
    gives: boolean,
    apply: ({ tell, ...walked }) =>
      countOf({ ...walked, tell: (frame) => tell(frame) !== true }, 1) === 0,
  },
  filter: { predicate: 'bool', gives: (list) => ({ list: elementType(list) }), apply: filter },
  find: { predicate: 'bool', gives: () => 'any', apply: find },
  map: { predicate: 'any', gives: (_, told) => ({ list: told }), apply: map },
};

/** Functions of lists, with those that ask a predicate and those that work on numbers. */
export const listFunctions: ReadonlySet<string> = new Set([
  ...Object.keys(asking),
  ...['len', 'first', 'last', 'sum', 'mean', 'median', 'min', 'max'],
]);

/** Whether the second argument is a predicate. */
export const takesPredicate = (name: string): boolean =>
  Object.hasOwn(asking, name) || name === 'sum' || name === 'mean' || name === 'median';

/** Compiles a call of a function of `listFunctions`. Throws `ExpressionMistake`. */
export function compileListCall(call: ListCall): Compiled {
  const { name, at, args, predicate } = call;
  const isConstant = args.every((arg) => arg.isConstant) && (predicate?.isConstant ?? true);
  const done = (type: ExpressionType, run: Run) => fold({ type, run, at, isConstant });
  if (name === 'min' || name === 'max') return done('number', extreme(call));
  if (args.length !== 1)
    throw new ExpressionMistake(`${name} takes one list, got ${args.length} values`, at);
  const [list] = args;
  if (name === 'len') return done('number', length(call));
  const listed = demand(list, 'list', `list of ${name}`) as (frame: Frame) => List;
  if (name === 'first' || name === 'last') return done('any', endOf(name, listed));
  if (name === 'sum' || name === 'mean' || name === 'median')
    return done('number', aggregate(call, listed));
  const { predicate: wanted, gives, apply } = asking[name];
  if (predicate === undefined)
    throw new ExpressionMistake(`${name} takes a list and a predicate, got no predicate`, at);
  const tell =
    wanted === 'bool' ? demand(predicate, 'bool', `predicate of ${name}`) : predicate.run;
  return done(gives(list.type, predicate.type), (frame) =>
    apply({ frame, list: listed(frame), at, tell }),
  );
}

/** Undefined of an empty list. */
function endOf(name: string, listed: (frame: Frame) => List): Run {
  return (frame) => {
    const list = listed(frame);
    return list.length === 0 ? undefined : list.at(name === 'first' ? 0 : list.length - 1);
  };
}

function length({ args: [{ type, run, at }] }: ListCall): Run {
  const known = kindOfType(type);
  const mistake = (given: string) =>
    new ExpressionMistake(`len takes a list, string or map, got ${given}`, at);
  const has = ['list', 'string', 'map', undefined];
  if (!has.includes(known) || (typeof type === 'object' && 'record' in type))
    throw mistake(nameOfType(type));
  return (frame) => {
    const value = run(frame);
    if (isList(value)) return value.length;
    if (typeof value === 'string') return [...value].length;
    if (kindOf(value) === 'map') return Object.keys(value as object).length;
    throw mistake(kindOf(value));
  };
}
