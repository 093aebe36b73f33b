import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../src/stores/key-order.ts';

test('orders keys as their UTF-8 bytes are ordered', () => {
  const text = fc.string({ unit: 'binary' });
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
