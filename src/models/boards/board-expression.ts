import { z } from 'zod';
import type { ExpressionType } from '../../expressions/expression-type.ts';
import {
  describeMistake,
  type Evaluate,
  parseExpression,
} from '../../expressions/parse-expression.ts';

/** A total of feedback, under Gorse's names. */
const feedback: ExpressionType = {
  record: 'feedback',
  fields: {
    ...{ FeedbackType: 'string', UserId: 'string', ItemId: 'string' },
    ...{ Value: 'number', Timestamp: 'time', Updated: 'time' },
  },
};

/**
 * What expressions of a board may name, as in Gorse: `item`, and `feedback`, one entry for each type and user. Labels of an
 * item are its nested ones over its attributes.
 */
export const boardNames: Readonly<Record<string, ExpressionType>> = {
  item: {
    record: 'item',
    fields: {
      ...{ ItemId: 'string', IsHidden: 'bool', Categories: { list: 'string' } },
      ...{ Timestamp: 'time', Labels: 'any', Comment: 'string' },
    },
  },
  feedback: { list: feedback },
};

/** Makes the schema of an expression of a board; a mistake says what is wrong and where. */
export const expressionSchema = (expects: 'number' | 'bool') =>
  z
    .string()
    .max(2000)
    .superRefine((text, context) => {
      const parsed = parseExpression(text, { names: boardNames, expects });
      if ('mistake' in parsed) context.addIssue(describeMistake(parsed.mistake));
    });

/** Compiles an expression that the schema has accepted. */
export function compileExpression(text: string, expects: 'number' | 'bool'): Evaluate {
  const parsed = parseExpression(text, { names: boardNames, expects });
  if ('evaluate' in parsed) return parsed.evaluate;
  throw new RangeError(`expression ${text} ${describeMistake(parsed.mistake)}`);
}
