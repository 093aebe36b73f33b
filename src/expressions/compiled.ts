import { type ExpressionType, kindOfType } from './expression-type.ts';
import { ExpressionMistake } from './mistake.ts';
import { type Kind, kindOf } from './values.ts';

/** What an evaluation goes by. */
export interface Frame {
  /** Values of the names. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds that `now()` gives. */
  readonly nowMs: number;
  /** The element that a predicate is asked about. */
  element: unknown;
  /** Elements that may still be looked at. */
  stepsLeft: number;
}

/** Works out a value. Throws `ExpressionMistake` where one is of the wrong kind. */
export type Run = (frame: Frame) => unknown;

/** A part of an expression that is ready to be evaluated. */
export interface Compiled {
  readonly type: ExpressionType;
  readonly run: Run;
  readonly at: number;
  /** Whether it is the same in every evaluation. */
  readonly isConstant: boolean;
}

/** What a type is called. */
export const nameOfType = (type: ExpressionType): string =>
  typeof type === 'object' && 'record' in type ? type.record : (kindOfType(type) ?? 'any');

/**
 * Makes sure that a value is of a kind: at once where its type is known, else whenever it is worked out. Throws
 * `ExpressionMistake` where it can never be.
 */
export function demand({ type, run, at }: Compiled, kind: Kind, what: string): Run {
  const known = kindOfType(type);
  if (known === kind) return run;
  const mistake = (given: string) =>
    new ExpressionMistake(`${what} is ${given}, expected ${kind}`, at);
  if (known !== undefined) throw mistake(nameOfType(type));
  return (frame) => {
    const value = run(frame);
    if (kindOf(value) === kind) return value;
    throw mistake(kindOf(value));
  };
}

/** Takes elements off what an evaluation may look at. */
export function spend(frame: Frame, steps: number, at: number): void {
  frame.stepsLeft -= steps;
  if (frame.stepsLeft < 0) throw new ExpressionMistake('looks at too many elements', at);
}

const nothing = { values: {}, nowMs: 0, element: undefined } as const;

/** Works constants out once. Throws `ExpressionMistake` where that fails. */
export function fold(compiled: Compiled): Compiled {
  if (!compiled.isConstant) return compiled;
  try {
    const value = compiled.run({ ...nothing, stepsLeft: 10_000 });
    return { ...compiled, run: () => value };
  } catch (error) {
    const { message, at = -1 } = error as Partial<ExpressionMistake>;
    throw new ExpressionMistake(message ?? 'fails', at < 0 ? compiled.at : at);
  }
}

/** A value that stands in the expression. */
export function constant(value: unknown, at: number): Compiled {
  return { type: kindOf(value) as 'number', run: () => value, at, isConstant: true };
}
