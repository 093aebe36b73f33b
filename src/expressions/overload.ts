import { type Compiled, fold, nameOfType, type Run, spend } from './compiled.ts';
import { type ExpressionType, kindOfType } from './expression-type.ts';
import { ExpressionMistake } from './mistake.ts';
import { type Duration, isList, type Kind, kindOf, type List, type Time } from './values.ts';

/** One way of using a function, a method or an operator: kinds that it takes, what it gives. */
export interface Overload {
  readonly takes: readonly Kind[];
  readonly gives: ExpressionType;
  readonly apply: (...values: readonly never[]) => unknown;
}

/** The values of each kind. */
interface ValuesByKind {
  readonly nil: undefined;
  readonly number: number;
  readonly string: string;
  readonly bool: boolean;
  readonly time: Time;
  readonly duration: Duration;
  readonly list: List;
  readonly map: object;
}

/** Makes an overload whose function fits its kinds. */
export function overload<const Kinds extends readonly Kind[]>(
  takes: Kinds,
  gives: ExpressionType,
  apply: (...values: { [K in keyof Kinds]: ValuesByKind[Kinds[K] & Kind] }) => unknown,
): Overload {
  return { takes, gives, apply: apply as Overload['apply'] };
}

/** What is used, by its name. */
export interface Use {
  readonly name: string;
  readonly at: number;
  readonly args: readonly Compiled[];
}

/**
 * Chooses the overload that fits: at once where the types are known, else whenever the values are there. Throws
 * `ExpressionMistake` where none can fit.
 */
export function choose(overloads: readonly Overload[], { name, at, args }: Use): Compiled {
  const kinds = args.map(({ type }) => kindOfType(type));
  const fitting = overloads.filter(({ takes }) => fits(takes, kinds));
  if (fitting.length === 0)
    throw new ExpressionMistake(
      `${name} takes ${describe(overloads)}, got ${args.map(({ type }) => nameOfType(type)).join(', ') || 'nothing'}`,
      at,
    );
  const [{ gives, apply }] = fitting;
  const isSure = fitting.length === 1 && !kinds.includes(undefined);
  const type = fitting.every((one) => one.gives === gives) ? gives : 'any';
  const run = isSure ? call(apply, args) : callFitting(fitting, { name, at, args });
  return fold({
    type,
    run: small.has(type) ? run : payFor(run, at),
    at,
    isConstant: args.every(({ isConstant }) => isConstant),
  });
}

/** What has no length. */
const small: ReadonlySet<ExpressionType> = new Set(['number', 'bool', 'time', 'duration']);

/** Texts and lists that are made count as elements looked at: memory is bounded with them. */
function payFor(run: Run, at: number): Run {
  return (frame) => {
    const value = run(frame);
    if (typeof value === 'string') spend(frame, value.length >> 6, at);
    else if (isList(value)) spend(frame, value.length, at);
    return value;
  };
}

const fits = (takes: readonly Kind[], kinds: readonly (Kind | undefined)[]): boolean =>
  takes.length === kinds.length &&
  takes.every((kind, i) => kinds[i] === undefined || kinds[i] === kind);

const describe = (overloads: readonly Overload[]): string =>
  overloads.map(({ takes }) => (takes.length === 0 ? 'nothing' : takes.join(', '))).join(' or ');

/** Without a list of values for a call of one or two, which nearly all are. */
function call(apply: Overload['apply'], args: readonly Compiled[]): Run {
  const any = apply as (...values: unknown[]) => unknown;
  const [first, second] = args.map(({ run }) => run);
  if (args.length === 1) return (frame) => any(first(frame));
  if (args.length === 2) return (frame) => any(first(frame), second(frame));
  return (frame) => any(...args.map(({ run }) => run(frame)));
}

function callFitting(fitting: readonly Overload[], { name, at, args }: Use): Run {
  return (frame) => {
    const values = args.map(({ run }) => run(frame));
    const kinds = values.map(kindOf);
    const found = fitting.find(({ takes }) => takes.every((kind, i) => kind === kinds[i]));
    if (found !== undefined) return found.apply(...(values as never[]));
    throw new ExpressionMistake(`${name} takes ${describe(fitting)}, got ${kinds.join(', ')}`, at);
  };
}
