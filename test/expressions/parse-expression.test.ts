import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExpressionType } from '../../src/expressions/expression-type.ts';
import { describeMistake, parseExpression } from '../../src/expressions/parse-expression.ts';
import { Time } from '../../src/expressions/values.ts';

const hourMs = 3_600_000;
const nowMs = Date.UTC(2024, 4, 15, 12);

const event: ExpressionType = {
  record: 'an event',
  fields: { Type: 'string', Value: 'number', At: 'time' },
};
const names: Readonly<Record<string, ExpressionType>> = {
  item: {
    record: 'item',
    fields: { Id: 'string', At: 'time', Hidden: 'bool', Tags: { list: 'string' }, Labels: 'any' },
  },
  events: { list: event },
  n: 'number',
};
const at = (hoursAgo: number) => new Time(nowMs - hoursAgo * hourMs);
const values = {
  item: {
    ...{ Id: 'boot-7', At: at(100), Hidden: false, Tags: ['boots', 'sale'] },
    Labels: { price: 89.5, brand: { country: 'it' }, sizes: [40, 41, 42], text: '12' },
  },
  events: [
    { Type: 'star', Value: 1, At: at(1) },
    { Type: 'star', Value: 3, At: at(200) },
    { Type: 'read', Value: 5, At: at(3) },
  ],
  n: 7,
};

function outcomeOf(text: string): unknown {
  const parsed = parseExpression(text, { names });
  if ('mistake' in parsed) throw new Error(`${text}: ${describeMistake(parsed.mistake)}`);
  const evaluated = parsed.evaluate(values, { nowMs });
  return 'value' in evaluated ? evaluated.value : `failed: ${evaluated.mistake}`;
}

function mistakeOf(text: string): string {
  const parsed = parseExpression(text, { names });
  return 'mistake' in parsed ? describeMistake(parsed.mistake) : 'none';
}

// What expr-lang gives for the same text, worked out by its language definition.
describe('gives what expr-lang gives', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3.5],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['2 ** 3 ** 2', 512],
    ['2 ^ 3', 8],
    ['-2 ** 2', -4],
    ['(-2) ** 2', 4],
    ['- 3 + +1', -2],
    ['0x1F + 0b11 + 0o17 + 1_000 + .5 + 1e2', 31 + 3 + 15 + 1000 + 0.5 + 100],
    ['"a" + \'b\' + `c\\n`', 'abc\\n'],
    ['"tab\\t\\u0041\\x42\\""', 'tab\tAB"'],
    ['1 < 2 and "a" < "b" && !(2 >= 3) or false', true],
    ['true or 1 / 0 > 5', true],
    ['not true', false],
    ['1 == 1.0 and "1" != "2" and [1, [2]] == [1, [2]]', true],
    ['n > 5 ? "much" : n > 3 ? "some" : "little"', 'much'],
    ['nil ?? 3', 3],
    ['nil ?? 1 + 1', 2],
    ['item.Labels?.brand?.country ?? "nowhere"', 'it'],
    ['item.Labels.nothing?.country ?? "nowhere"', 'nowhere'],
    ['item.Labels["price"]', 89.5],
    ['item.Labels.sizes[0] + item.Labels.sizes[-1]', 82],
    ['"boots" in item.Tags', true],
    ['"boots" not in item.Tags', false],
    ['"price" in item.Labels', true],
    ['n in [1, 7]', true],
    ['item.Id contains "oot" and item.Id startsWith "boot" and item.Id endsWith "-7"', true],
    ['item.Id not startsWith "x"', true],
    ['len(events)', 3],
    ['len("äöü") + len(item.Tags) + len({a: 1, "b": 2})', 7],
    ["count(events, .Type == 'star')", 2],
    ["count(events, {#.Type == 'star' && .Value > 1})", 1],
    ['count(filter(events, .Value > 1), .Value < 5)', 1],
    ['any(events, .Value > 4)', true],
    ['all(events, .Value > 1)', false],
    ['all([], # > 1)', true],
    ['none(events, .Value > 9)', true],
    ['one(events, .Type == "read")', true],
    ['find(events, .Value > 1).Value', 3],
    ['find(events, .Value > 9)', undefined],
    ['sum(map(events, .Value))', 9],
    ['sum(events, .Value)', 9],
    ['sum([])', 0],
    ['mean([1, 2, 6])', 3],
    ['mean([])', 0],
    ['median([5, 1, 3])', 3],
    ['median([4, 1, 3, 2])', 2.5],
    ['min(3, 1, 2) + max([4, 9])', 10],
    ['first([1, 2]) + last([1, 2])', 3],
    ['first([])', undefined],
    ['abs(-5) + ceil(1.2) + floor(1.8) + round(2.5) + round(-2.5)', 5 + 2 + 1 + 3 - 3],
    ['int(3.9) + int("4") + float("0.5")', 7.5],
    ['string(4) + string(true)', '4true'],
    ['lower("AB") + upper("cd") + trim(" e ")', 'abCDe'],
    ['split("a,b", ",")', ['a', 'b']],
    ['join(split("a,b", ","), "-")', 'a-b'],
    ['"a b" | upper() | split(" ")', ['A', 'B']],
    ['map(1 in [1] ? [1, 2] : [3], {# * 2})', [2, 4]],
    ['map([[1, 2], [3]], sum(#))', [3, 3]],
    ['map([1, 2], count([1, 2, 3], # > 1) + #)', [3, 4]],
    ['item.At.Unix()', (nowMs - 100 * hourMs) / 1000],
    ['now().Unix()', nowMs / 1000],
    ['now().Year() * 100 + now().Month()', 202_405],
    ['now().Weekday() * 1000 + now().YearDay()', 3136],
    ['(now() - item.At).Hours()', 100],
    ['(now() - item.At).Minutes() / (now() - item.At).Seconds()', 1 / 60],
    ['(now() - item.At).Nanoseconds()', 100 * hourMs * 1e6],
    ['now() - item.At < duration("101h")', true],
    ['now().Sub(item.At) == duration("100h")', true],
    ['item.At + duration("1h30m") > item.At', true],
    ['item.At.Add(duration("-1h")).Before(item.At)', true],
    ['duration("1.5h").Minutes() + duration("-2m").Minutes() + duration("250ms").Seconds()', 88.25],
    ['date("2024-05-15").Day() + date("2024-05-15T23:00:00+02:00").Hour()', 36],
    ['date("2024-05-15 12:00:00") == now()', true],
    ["count(events, .Type == 'star' and (now() - .At).Hours() < 168)", 1],
    ['log(exp(2)) + sqrt(9)', 5],
  ])('%s', (text, expected) => {
    expect(outcomeOf(text)).toEqual(expected);
  });
});

describe('tells what it cannot evaluate, and where, before anything is evaluated', () => {
  test.each([
    ['', 'is empty, expected an expression at character 1'],
    ['1 +', 'Expected expression after + at character 4'],
    ['(1', 'Unclosed ( at character 3'],
    ['1 2', 'goes on after its end, expected one expression at character 3'],
    ['len(events); 1', 'goes on after its end, expected one expression at character 14'],
    ['itm.Id', 'name itm is unknown, expected one of item, events, n at character 1'],
    ['1 + item.Nme', /field of item Nme is unknown, expected one of Id, At.* at character 5/],
    ['count(events, .Kind == 1)', /field of an event Kind is unknown.* at character 15/],
    ['len2(events)', /function len2 is unknown, expected one of abs, all, .* at character 1/],
    ['reduce(events, # + 1)', /function reduce is unknown/],
    ['item.At.Format("x")', /method Format is unknown/],
    ['item.At.Hours()', 'Hours takes duration, got time at character 1'],
    ['item.Id matches "a.*"', /matches is not supported, as the time of a regular expression/],
    ['item.Id * 2', '* takes number, number, got string, number at character 1'],
    ['now() - item.At < 3600', /< takes .*, got duration, number/],
    ['item.Id == 3', '== compares string with number, expected one type at character 1'],
    ['n and true', 'left of and is number, expected bool at character 1'],
    ['n ? 1 : 2', 'condition is number, expected bool at character 1'],
    ['count(events, .Value)', 'predicate of count is number, expected bool at character 15'],
    ['count(events)', 'count takes a list and a predicate, got no predicate at character 1'],
    ['count(n, true)', 'list of count is number, expected list at character 7'],
    ['sum(events)', /sum of an event, expected numbers/],
    ['max()', /max of nothing/],
    ['.Value > 3', '# stands outside of a predicate, expected it inside at character 1'],
    ['duration("soon")', /duration is "soon", expected one like 24h or 1h30m at character 1/],
    ['date("soon")', /date is "soon"/],
    ['[1][3]', /index is 3, expected one inside of 1/],
    ['1..3', /ranges and methods of numbers are not supported/],
    ['events[1:2]', /Unclosed \[/],
    ['let x = 1; x', 'let is not supported at character 1'],
    ['$env', /Unexpected "\$"/],
    ['a = 1', /Unexpected "="/],
    ['"abc', /Unclosed quote/],
    ['"\\q"', /Unknown escape \\q/],
    ['item.constructor', /field constructor is refused/],
    ['item.Labels.__proto__', /field __proto__ is refused/],
    ['events.length', /field length of list, expected a map/],
    ['"a".length', /field length of string/],
    ['toString()', /function toString is unknown/],
    ['constructor', /name constructor is unknown/],
    ['this', /ThisExpression is not supported/],
    ['n()()', /calls what is no function/],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, /is nested deeper than 60/],
    ['!'.repeat(1999), /is nested deeper than 60/],
    [`1${'+1'.repeat(600)}`, /has more than 500 parts/],
    [`${'true?1:'.repeat(280)}1`, /has more than 500 parts/],
    ['1'.repeat(2001), /has more than 2000 characters/],
  ])('%s', (text, expected) => {
    if (typeof expected === 'string') expect(mistakeOf(text)).toBe(expected);
    else expect(mistakeOf(text)).toMatch(expected);
  });

  test('a result of the wrong kind, where that is known', () => {
    const score = parseExpression('item.Id', { names, expects: 'number' });
    expect(score).toEqual({ mistake: { message: 'result is string, expected number', at: 0 } });
    expect(parseExpression('n > 1', { names, expects: 'bool' })).toHaveProperty('evaluate');
  });
});

describe('says what is wrong with the values of one evaluation', () => {
  test.each([
    ['item.Labels.colour + 1', '+ takes number, number, got nil, number at character 1'],
    ['item.Labels.brand.city.name', 'field name of nil, expected a map'],
    ['item.Labels.price and true', 'left of and is number, expected bool at character 1'],
    ['item.Labels.sizes[9]', 'index is 9, expected one inside of 3'],
    ['int(item.Id)', 'text "boot-7" is no number'],
    ['duration(item.Id).Hours()', 'duration is "boot-7"'],
    ['max(item.Labels.nothing)', 'values of max is nil, expected list'],
    ['item.Labels["__proto__"] == nil and item.Labels["toString"] == nil', 'none'],
  ])('%s', (text, expected) => {
    const parsed = parseExpression(text, { names });
    const evaluated = 'evaluate' in parsed && parsed.evaluate(values, { nowMs });
    if (expected === 'none') expect(evaluated).toEqual({ value: true });
    else expect(evaluated).toEqual({ mistake: expect.stringContaining(expected) });
  });

  test('a result that is of no use', () => {
    const parsed = parseExpression('item.Labels.text', { names, expects: 'number' });
    expect('evaluate' in parsed && parsed.evaluate(values, { nowMs })).toEqual({
      mistake: 'result is string, expected number at character 1',
    });
  });

  test('more elements than it may look at, however they are nested', () => {
    const events = Array.from({ length: 1000 }, () => values.events[0]);
    const parsed = parseExpression('count(events, count(events, any(events, .Value > 9)) > 0)', {
      names,
    });
    expect(
      'evaluate' in parsed && parsed.evaluate({ ...values, events }, { nowMs, maxSteps: 5000 }),
    ).toEqual({ mistake: 'looks at too many elements at character 29' });
  });

  test('more text than it may make', () => {
    const item = { ...values.item, Id: 'x'.repeat(100_000) };
    const parsed = parseExpression('len(map(events, upper(item.Id) + "y"))', { names });
    const evaluate = (maxSteps: number) =>
      'evaluate' in parsed && parsed.evaluate({ ...values, item }, { nowMs, maxSteps });
    expect(evaluate(10_000)).toEqual({ value: 3 });
    expect(evaluate(5000)).toEqual({ mistake: 'looks at too many elements at character 17' });
  });

  test('a name that is not given', () => {
    const parsed = parseExpression('item.Id + "x"', { names });
    expect('evaluate' in parsed && parsed.evaluate({}, { nowMs })).toHaveProperty('mistake');
  });
});

/** Texts that look like expressions. */
const words = fc.constantFrom(
  ...['item', 'events', 'n', '.Value', '#', '.Type', 'item.Labels', 'item.At', 'now()', 'nil'],
  ...['1', '2.5', "'star'", '"a"', '[1, 2]', '{a: 1}', 'true', '(', ')', '{', '}', '[', ']', ','],
  ...['+', '-', '*', '/', '%', '**', '<', '==', '!=', 'and', 'or', 'not', 'in', '??', '?.', '|'],
  ...['?', ':', 'contains', 'matches', 'count(', 'map(', 'sum(', 'len(', 'max(', 'first(', '..'],
  ...['__proto__', 'constructor', '["constructor"]', '["__proto__"]', '.Hours()', '.Unix()'],
  ...['let', ';', '"', "'", '`', '\\', '\u0000', 'toString', '.constructor', 'duration('],
);
const fields = fc.constantFrom('n', 'item.Labels.price', 'len(events)', '.5', 'item.Labels.nope');
/** Expressions that are well formed. */
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fields,
    fc
      .tuple(tie('tree'), fc.constantFrom('+', '-', '/', '??', '**'), tie('tree'))
      .map((parts) => `(${parts.join(' ')})`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `sum(map(events, ${a})) * ${b}`),
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a} > ${b} ? ${a} : item.Labels[${b}])`),
  ),
}));

test('any text is evaluated or refused, and nothing else is ever thrown', () => {
  const texts = fc.oneof(
    fc.array(words, { maxLength: 15 }).map((parts) => parts.join(' ')),
    fc.array(words, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    tree,
  );
  const seen = { evaluated: 0 };
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseExpression(text, { names });
      if ('mistake' in parsed) {
        expect(parsed.mistake.message).not.toBe('');
        expect(parsed.mistake.at).toBeGreaterThanOrEqual(0);
        return;
      }
      seen.evaluated += 1;
      const evaluated = parsed.evaluate(values, { nowMs, maxSteps: 10_000 });
      const value = 'value' in evaluated ? evaluated.value : undefined;
      expect(typeof value).not.toBe('function');
      expect(value).not.toBe(Object.prototype);
    }),
    { numRuns: 3000 },
  );
  expect(seen.evaluated).toBeGreaterThan(100);
});

test('no name leads from the data to what stands behind them', () => {
  const behind = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  for (const name of behind)
    for (const of of [
      'item',
      'item.Labels',
      'item.Labels.sizes',
      'item.Id',
      'events',
      'n',
      '{a: 1}',
    ])
      for (const text of [`${of}.${name}`, `${of}["${name}"]`, `(${of} ?? 1)["${name}"]`]) {
        const parsed = parseExpression(text, { names });
        if ('mistake' in parsed) continue;
        const evaluated = parsed.evaluate(values, { nowMs });
        if ('value' in evaluated) expect(evaluated.value).toBeUndefined();
      }
});
