import type { Feedback } from './feedback.ts';

/** Which feedback is meant: a type, and where it says so what its value must be. */
export interface FeedbackRule {
  readonly type: string;
  /** Whether an event is meant; one without a value never is where the rule compares. */
  matches(event: Pick<Feedback, 'type' | 'value'>): boolean;
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '>=': (value, bound) => value >= bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '<': (value, bound) => value < bound,
  '=': (value, bound) => value === bound,
};

/**
 * Reads a rule: `TYPE`, or `TYPE OP NUMBER` with one of >= <= > < =; spaces around the parts say nothing. Answers
 * undefined for anything else.
 *
 * @example parseFeedbackRule('rating>=4')?.matches({ type: 'rating', value: 5 }) // true
 */
export function parseFeedbackRule(text: string): FeedbackRule | undefined {
  const at = text.search(/[<>=]/);
  const type = (at < 0 ? text : text.slice(0, at)).trim();
  if (type === '') return undefined;
  if (at < 0) return { type, matches: (event) => event.type === type };
  const operator = /^[<>=]+/.exec(text.slice(at))![0];
  const number = text.slice(at + operator.length).trim();
  const bound = Number(number);
  if (number === '' || !Number.isFinite(bound) || !Object.hasOwn(comparisons, operator))
    return undefined;
  const holds = comparisons[operator];
  return {
    type,
    matches: ({ type: given, value }) =>
      given === type && value !== undefined && holds(value, bound),
  };
}
