import { compileNode } from './compile.ts';
import { type Compiled, demand, type Frame } from './compiled.ts';
import type { ExpressionType } from './expression-type.ts';
import { parseTree } from './grammar.ts';
import { ExpressionMistake } from './mistake.ts';

/** Longer ones are no expressions. */
const maxLength = 2000;

/** What an evaluation gave. */
export type Evaluated = { readonly value: unknown } | { readonly mistake: string };

/** What an evaluation may do. */
export interface EvaluationBounds {
  /** Epoch milliseconds of `now()`. */
  readonly nowMs: number;
  /** Elements of lists that may be looked at. */
  readonly maxSteps?: number | undefined;
}

/** Works out an expression for the values of its names. Never throws. */
export type Evaluate = (
  values: Readonly<Record<string, unknown>>,
  bounds: EvaluationBounds,
) => Evaluated;

/** A mistake of an expression, and the index of the character at which it begins. */
export interface PlacedMistake {
  readonly message: string;
  readonly at: number;
}

/** An expression that can be evaluated, or why it cannot be. */
export type ParsedExpression =
  | { readonly evaluate: Evaluate }
  | { readonly mistake: PlacedMistake };

/** What an expression is parsed against. */
export interface ParseOptions {
  /** What may be named, and what it is. */
  readonly names: Readonly<Record<string, ExpressionType>>;
  /** What it must give; absent is anything. */
  readonly expects?: 'number' | 'bool' | undefined;
}

/**
 * Parses an expression of expr-lang and compiles it once. What cannot be evaluated is said here as far as it can be known:
 * syntax, names, fields, functions, kinds. Nothing outside of the values is within reach, and there are no regular
 * expressions; characters, nesting, parts and elements looked at are bounded. O(characters).
 *
 * @example
 * const parsed = parseExpression('len(feedback) * 2', { names: { feedback: { list: 'any' } } });
 * 'evaluate' in parsed && parsed.evaluate({ feedback: [1, 2] }, { nowMs: 0 }); // { value: 4 }
 */
export function parseExpression(text: string, { names, expects }: ParseOptions): ParsedExpression {
  if (text.length > maxLength)
    return { mistake: { message: `has more than ${maxLength} characters`, at: maxLength } };
  try {
    const compiled = compileNode(parseTree(text), { names, size: { nodes: 0 }, at: 0 });
    const run = expects === undefined ? compiled.run : demand(compiled, expects, 'result');
    return { evaluate: createEvaluate(run) };
  } catch (error) {
    if (error instanceof ExpressionMistake)
      return { mistake: { message: error.message, at: error.at } };
    throw error;
  }
}

function createEvaluate(run: Compiled['run']): Evaluate {
  return (values, { nowMs, maxSteps = 1_000_000 }) => {
    const frame: Frame = { values, nowMs, element: undefined, stepsLeft: maxSteps };
    try {
      return { value: run(frame) };
    } catch (error) {
      // Texts that grow beyond what the engine holds end here too.
      const { message = '', at = -1 } = error as Partial<ExpressionMistake>;
      return { mistake: at < 0 ? message : describeMistake({ message, at }) };
    }
  };
}

/** A mistake in words, with characters counted from 1. */
export const describeMistake = ({ message, at }: PlacedMistake): string =>
  `${message} at character ${at + 1}`;
