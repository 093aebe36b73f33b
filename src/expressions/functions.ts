import { ExpressionMistake } from './mistake.ts';
import { type Overload, overload } from './overload.ts';
import { parseDate, parseDuration } from './parse-times.ts';
import { kindOf, type List } from './values.ts';

const ofNumber = (apply: (value: number) => number): Overload[] => [
  overload(['number'], 'number', apply),
];
const ofText = (apply: (text: string) => string): Overload[] => [
  overload(['string'], 'string', apply),
];
const ofTexts = (apply: (text: string, part: string) => boolean): Overload[] => [
  overload(['string', 'string'], 'bool', apply),
];

/** A number that a text says; nothing else stands around it. */
function numberOf(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new ExpressionMistake(`text ${JSON.stringify(text.slice(0, 40))} is no number`);
}

function joined(list: List, between: string): string {
  const parts: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const part = list.at(i);
    if (typeof part !== 'string')
      throw new ExpressionMistake(`join of ${kindOf(part)}, expected texts`);
    parts.push(part);
  }
  return parts.join(between);
}

/** Functions of values, by name; those of lists with a predicate stand in `list-functions.ts`. */
export const functions: Readonly<Record<string, readonly Overload[]>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  // Halves go away from zero.
  round: ofNumber((value) => Math.sign(value) * Math.round(Math.abs(value))),
  sqrt: ofNumber(Math.sqrt),
  log: ofNumber(Math.log),
  exp: ofNumber(Math.exp),
  int: [
    ...ofNumber(Math.trunc),
    overload(['string'], 'number', (text) => Math.trunc(numberOf(text))),
  ],
  float: [...ofNumber((value) => value), overload(['string'], 'number', numberOf)],
  string: [
    ...ofText((text) => text),
    overload(['number'], 'string', String),
    overload(['bool'], 'string', String),
  ],
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trim: ofText((text) => text.trim()),
  split: [overload(['string', 'string'], { list: 'string' }, (text, at) => text.split(at))],
  join: [
    overload(['list', 'string'], 'string', joined),
    overload(['list'], 'string', (list) => joined(list, '')),
  ],
  hasPrefix: ofTexts((text, part) => text.startsWith(part)),
  hasSuffix: ofTexts((text, part) => text.endsWith(part)),
  date: [overload(['string'], 'time', parseDate)],
  duration: [overload(['string'], 'duration', parseDuration)],
};
