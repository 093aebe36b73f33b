import { type Compiled, demand, fold, nameOfType, spend } from './compiled.ts';
import { type ExpressionType, eitherType, kindOfType } from './expression-type.ts';
import { ExpressionMistake } from './mistake.ts';
import { choose, type Overload, overload } from './overload.ts';
import { Duration, isEqual, isList, kindOf, Time } from './values.ts';

const numbers = (apply: (a: number, b: number) => unknown, gives: ExpressionType = 'number') =>
  overload(['number', 'number'], gives, apply);
const compare = (holds: (a: number, b: number) => boolean): Overload[] => [
  numbers(holds, 'bool'),
  overload(['string', 'string'], 'bool', (a, b) => holds(a < b ? -1 : a > b ? 1 : 0, 0)),
  overload(['time', 'time'], 'bool', (a, b) => holds(a.ms, b.ms)),
  overload(['duration', 'duration'], 'bool', (a, b) => holds(a.ms, b.ms)),
];
const texts = (apply: (a: string, b: string) => boolean): Overload[] => [
  overload(['string', 'string'], 'bool', apply),
];

/** Operators whose operands are both worked out, by what they are written as. */
const binary: Readonly<Record<string, readonly Overload[]>> = {
  '+': [
    numbers((a, b) => a + b),
    overload(['string', 'string'], 'string', (a, b) => a + b),
    overload(['time', 'duration'], 'time', (a, b) => new Time(a.ms + b.ms)),
    overload(['duration', 'time'], 'time', (a, b) => new Time(a.ms + b.ms)),
    overload(['duration', 'duration'], 'duration', (a, b) => new Duration(a.ms + b.ms)),
  ],
  '-': [
    numbers((a, b) => a - b),
    overload(['time', 'time'], 'duration', (a, b) => new Duration(a.ms - b.ms)),
    overload(['time', 'duration'], 'time', (a, b) => new Time(a.ms - b.ms)),
    overload(['duration', 'duration'], 'duration', (a, b) => new Duration(a.ms - b.ms)),
  ],
  '*': [numbers((a, b) => a * b)],
  '/': [numbers((a, b) => a / b)],
  '%': [numbers((a, b) => a % b)],
  '**': [numbers((a, b) => a ** b)],
  '^': [numbers((a, b) => a ** b)],
  '<': compare((a, b) => a < b),
  '<=': compare((a, b) => a <= b),
  '>': compare((a, b) => a > b),
  '>=': compare((a, b) => a >= b),
  contains: texts((a, b) => a.includes(b)),
  startsWith: texts((a, b) => a.startsWith(b)),
  endsWith: texts((a, b) => a.endsWith(b)),
};

/** Compiles what stands between two operands. Throws `ExpressionMistake`. */
export function compileBinary(operator: string, left: Compiled, right: Compiled): Compiled {
  const parts = { at: left.at, isConstant: left.isConstant && right.isConstant };
  if (operator.startsWith('not '))
    return compileUnary('not', compileBinary(operator.slice(4), left, right));
  if (operator === '&&' || operator === 'and' || operator === '||' || operator === 'or') {
    const first = demand(left, 'bool', `left of ${operator}`);
    const second = demand(right, 'bool', `right of ${operator}`);
    const isAnd = operator === '&&' || operator === 'and';
    const run = isAnd
      ? (frame: Parameters<typeof first>[0]) => first(frame) === true && second(frame) === true
      : (frame: Parameters<typeof first>[0]) => first(frame) === true || second(frame) === true;
    return fold({ ...parts, type: 'bool', run });
  }
  if (operator === '??') {
    const type = left.type === 'nil' ? right.type : eitherType(left.type, right.type);
    return fold({ ...parts, type, run: (frame) => left.run(frame) ?? right.run(frame) });
  }
  if (operator === '==' || operator === '!=') return compileEqual(operator, left, right);
  if (operator === 'in') return compileIn(left, right);
  if (operator === 'matches')
    throw new ExpressionMistake(
      'matches is not supported, as the time of a regular expression has no bound; expected contains, startsWith or endsWith',
      left.at,
    );
  return choose(binary[operator], { name: operator, at: left.at, args: [left, right] });
}

function compileEqual(operator: string, left: Compiled, right: Compiled): Compiled {
  const kinds = [kindOfType(left.type), kindOfType(right.type)];
  const isNever = kinds[0] !== kinds[1] && !kinds.includes(undefined) && !kinds.includes('nil');
  if (isNever)
    throw new ExpressionMistake(
      `${operator} compares ${nameOfType(left.type)} with ${nameOfType(right.type)}, expected one type`,
      left.at,
    );
  const wanted = operator === '==';
  return fold({
    type: 'bool',
    run: (frame) => isEqual(left.run(frame), right.run(frame)) === wanted,
    at: left.at,
    isConstant: left.isConstant && right.isConstant,
  });
}

function compileIn(left: Compiled, right: Compiled): Compiled {
  const { at } = right;
  const known = kindOfType(right.type);
  const mistake = (given: string) =>
    new ExpressionMistake(`right of in is ${given}, expected list or map`, at);
  if (known !== undefined && known !== 'list' && known !== 'map')
    throw mistake(nameOfType(right.type));
  return fold({
    type: 'bool',
    run(frame) {
      const [wanted, within] = [left.run(frame), right.run(frame)];
      if (isList(within)) {
        spend(frame, within.length, at);
        for (let i = 0; i < within.length; i++) if (isEqual(within.at(i), wanted)) return true;
        return false;
      }
      if (kindOf(within) !== 'map') throw mistake(kindOf(within));
      return typeof wanted === 'string' && Object.hasOwn(within as object, wanted);
    },
    at: left.at,
    isConstant: left.isConstant && right.isConstant,
  });
}

const negations: readonly Overload[] = [
  overload(['number'], 'number', (a) => -a),
  overload(['duration'], 'duration', (a) => new Duration(-a.ms)),
];

/** Compiles what stands before an operand. Throws `ExpressionMistake`. */
export function compileUnary(operator: string, argument: Compiled): Compiled {
  const { at, isConstant } = argument;
  if (operator === '-') return choose(negations, { name: '-', at, args: [argument] });
  if (operator === '+')
    return { ...argument, type: 'number', run: demand(argument, 'number', 'operand of +') };
  const run = demand(argument, 'bool', `operand of ${operator}`);
  return fold({ type: 'bool', run: (frame) => run(frame) !== true, at, isConstant });
}
