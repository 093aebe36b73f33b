import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../src/stores/key-order.ts';

test('orders keys as their UTF-8 bytes are ordered', () => {
  const point = fc.oneof(
    fc.constantFrom(0x61, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff),
    fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
  );
  const text = fc.array(point, { maxLength: 5 }).map((codes) => String.fromCodePoint(...codes));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareKeys(a, b))).toBe(bytes);
    }),
  );
});

test('differs from the order of UTF-16 units outside of the basic plane', () => {
  expect('\u{1F45F}' < '\uFF21').toBe(true);
  expect(compareKeys('\u{1F45F}', '\uFF21')).toBeGreaterThan(0);
});
