import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuessBrake, networkOf } from '../../src/access/guess-brake.ts';

function open() {
  const now = { ms: 0 };
  return { brake: createGuessBrake({ now: () => 0, monotonic: () => now.ms }), now };
}

test('an IPv4 address is a network of its own, of IPv6 the first 64 bits count', () => {
  expect(networkOf('10.0.0.7')).toBe('10.0.0.7');
  expect(networkOf('::ffff:10.0.0.7')).toBe('::ffff:10.0.0.7');
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
  expect(networkOf('2001:db8::1:0:0:1')).toBe('2001:db8:0:0');
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
  expect(networkOf('::1')).toBe('0:0:0:0');
  expect(networkOf('fe80::')).toBe('fe80:0:0:0');
});

test('who has 64 bits of addresses gains nothing by them', () => {
  const { brake } = open();
  for (let i = 0; i < 10; i++) brake.failed(`2001:db8::${i}`);
  expect(brake.secondsLeft('2001:db8::ffff')).toBe(5);
  expect(brake.secondsLeft('2001:db8:0:1::1')).toBe(0);
});

test('many addresses take no more memory than some thousand, and the newest are kept', () => {
  const { brake } = open();
  for (let a = 0; a < 10_000; a++)
    for (let i = 0; i < 10; i++) brake.failed(`10.${a >> 8}.${a & 255}.1`);
  expect(brake.secondsLeft('10.0.0.1')).toBe(0);
  expect(brake.secondsLeft('10.39.15.1')).toBe(5);
});

test('however it is asked, no more than ten guesses at once and one each five seconds are looked at', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 200 }), (gapsMs) => {
      const { brake, now } = open();
      let looked = 0;
      for (const gapMs of gapsMs) {
        now.ms += gapMs;
        if (brake.secondsLeft('10.0.0.7') > 0) continue;
        looked += 1;
        brake.failed('10.0.0.7');
      }
      expect(looked).toBeLessThanOrEqual(10 + now.ms / 5000 + 1e-6);
    }),
  );
});
