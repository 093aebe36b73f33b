import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, escapeXml, label, shortened, textWidth, wrapped } from './svg.ts';
import { faultsOfXml } from './xml-faults.ts';

test('whatever is written, it is well-formed XML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const drawn = element('g', { id: text }, label(text, { x: 1, y: 2 }));
      expect(faultsOfXml(drawn)).toEqual([]);
    }),
  );
});

test('marks of XML are escaped and characters that it cannot hold are left out', () => {
  expect(escapeXml('a<b & "c">\u0000\uFFFE')).toBe('a&lt;b &amp; &quot;c&quot;&gt;');
});

test('numbers are rounded to a tenth of a pixel', () => {
  expect(element('rect', { x: 1.234, width: 3, rx: undefined })).toBe('<rect x="1.2" width="3"/>');
});

test('text that is too long ends with an ellipsis, and one that fits is left alone', () => {
  expect(shortened('budget', 200, 11)).toBe('budget');
  const short = shortened('SightlineLatencyBudgetBurn', 80, 11);
  expect(short).toMatch(/^Sightline.*…$/);
  expect(textWidth(short, 11)).toBeLessThanOrEqual(80);
});

test('a sentence is broken between words', () => {
  expect(wrapped('No data while nothing is wrong', 60, 11)).toEqual([
    'No data',
    'while',
    'nothing',
    'is wrong',
  ]);
});
