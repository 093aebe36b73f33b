import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toLabelPath } from '../../../src/cli/import-gorse/convert-alike.ts';
import { toFeedbackRule } from '../../../src/cli/import-gorse/feedback-types.ts';
import { createNames } from '../../../src/cli/import-gorse/names.ts';
import { parseGoDuration } from '../../../src/cli/import-gorse/parse-go-duration.ts';
import { printable } from '../../../src/cli/import-gorse/printable.ts';
import { renderReport } from '../../../src/cli/import-gorse/render-report.ts';
import { parseFeedbackRule } from '../../../src/domain/feedback-rule.ts';
import { nameSchema } from '../../../src/pipeline/work-schema.ts';

// https://pkg.go.dev/time#ParseDuration
test.each([
  ['10s', 10],
  ['1h30m', 5400],
  ['1.5h', 5400],
  ['100ms', 0.1],
  ['1h15m30.918s', 4530.918],
  ['72h', 259_200],
  ['0', 0],
  ['2us', 2e-6],
])('the duration %s of Go is %d seconds', (text, seconds) => {
  expect(parseGoDuration(text)).toBeCloseTo(seconds, 9);
});

test.each(['', '10', '-1h', 'h', '1d', '1h 30m', '1.h.', `${'1h'.repeat(33)}`, 'soon'])(
  '%j is no duration',
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);

test.each([
  ['star', 'star'],
  ['read>=3', 'read>=3'],
  ['rating<2.50', 'rating<2.5'],
  ['read>=', 'read>=0'],
  ['read=3', 'read'],
  ['read2', 'read2'],
])('the feedback type %s of Gorse is the rule %s', (text, rule) => {
  expect(toFeedbackRule(text)?.rule).toBe(rule);
});

test.each(['', '3read', 'read==3', 'read >= 3', 'read>=x', 'read.', 'a-b', 'x'.repeat(129)])(
  '%j is no feedback type of Gorse',
  (text) => {
    expect(toFeedbackRule(text)).toBeUndefined();
  },
);

test('every feedback type that is taken over is a rule that is understood', () => {
  const expression = fc.stringMatching(
    /^[a-zA-Z][a-zA-Z0-9_]{0,9}(<=|>=|<|>|=)?[0-9]{0,20}(\.[0-9]{1,9})?$/,
  );
  fc.assert(
    fc.property(expression, (text) => {
      const found = toFeedbackRule(text);
      expect(parseFeedbackRule(found!.rule)?.type).toBe(found!.type);
    }),
  );
});

test('names fit and stay apart, whatever they are made of', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { maxLength: 30 }),
      (texts) => {
        const nameFor = createNames();
        const names = texts.map((text) => nameFor('item-to-item', text));
        expect(new Set(names).size).toBe(texts.length);
        for (const name of names) expect(nameSchema.safeParse(name).success).toBe(true);
      },
    ),
  );
});

test.each([
  ['', ''],
  ['item.Labels', ''],
  ['item.Labels.a.b_2', 'a.b_2'],
  ["item.Labels['a-b']?.c", 'a-b.c'],
  ['item.Categories', 'category'],
  ['item.Comment', undefined],
  ['item.Labels.a + 1', undefined],
  ['user.Labels.a', undefined],
  [`item.Labels.${'a'.repeat(300)}`, undefined],
])('the labels of %j stand at %j', (column, path) => {
  expect(toLabelPath(column)).toBe(path);
});

test('what is shown steers no screen and is not long', () => {
  expect(printable('a\u001b[2J\r\nb\u2028\u202e')).toBe('a?[2J??b??');
  expect(printable('x'.repeat(100))).toHaveLength(80);
});

test('of a file without keys the report says that everything is as it was', () => {
  expect(renderReport([])).toBe('no keys: everything is as Gorse has it by default\n');
});
