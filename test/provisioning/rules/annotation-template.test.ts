import { expect, test } from 'vitest';
import { expandTemplate } from '../../../src/provisioning/rules/annotation-template.ts';

const expand = (template: string, value?: number, labels: Record<string, string> = {}) =>
  expandTemplate(template, { labels, value });

test('labels stand where they are named, and nothing where there is none', () => {
  expect(expand('{{ $labels.work }}-{{ $labels.stage }}.', undefined, { work: 'home' })).toBe(
    'home-.',
  );
});

test('a part about a label is there only with the label', () => {
  const template = 'Work{{ with $labels.stage }}, stage {{ . }}{{ end }} burns';
  expect(expand(template)).toBe('Work burns');
  expect(expand(template, undefined, { stage: 'score' })).toBe('Work, stage score burns');
});

// As `humanize`, `humanizePercentage` and `humanizeDuration` of Prometheus 2.42 write them.
test.each([
  ['humanize', 0, '0'],
  ['humanize', 1000, '1k'],
  ['humanize', 14.4, '14.4'],
  ['humanize', 12_345_678, '12.35M'],
  ['humanize', 0.05, '50m'],
  ['humanize', 0.0001, '100u'],
  ['humanize', -2.5, '-2.5'],
  ['humanizePercentage', 0.1, '10%'],
  ['humanizePercentage', 0.12345, '12.35%'],
  ['humanizeDuration', 0, '0s'],
  ['humanizeDuration', 0.25, '250ms'],
  ['humanizeDuration', 2.5, '2.5s'],
  ['humanizeDuration', 90, '1m 30s'],
  ['humanizeDuration', 3661, '1h 1m 1s'],
  ['humanizeDuration', 1_209_600, '14d 0h 0m 0s'],
])('%s writes %d as %s', (name, value, text) => {
  expect(expand(`{{ $value | ${name} }}`, value)).toBe(text);
});

test('what cannot be filled in is refused', () => {
  expect(() => expand('{{ $value | printf "%.2f" }}', 1)).toThrow(RangeError);
  expect(() => expand('{{ $value | humanise }}', 1)).toThrow(RangeError);
  expect(() => expand('{{ $value | humanize }}')).toThrow(RangeError);
});
