import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from '../../src/webhooks/fingerprint.ts';

/** FNV-1a with numbers of any size. */
function slowFingerprint(labels: Record<string, string>): string {
  const names = Object.keys(labels).sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  const bytes = names.flatMap((name) => [
    ...Buffer.from(name),
    0xff,
    ...Buffer.from(labels[name]),
    0xff,
  ]);
  const hash = bytes.reduce(
    (sum, byte) => BigInt.asUintN(64, (sum ^ BigInt(byte)) * 0x100000001b3n),
    0xcbf29ce484222325n,
  );
  return hash.toString(16).padStart(16, '0');
}

test('no labels have the offset basis of FNV-1a', () => {
  expect(fingerprint({})).toBe('cbf29ce484222325');
});

test('is FNV-1a over sorted labels with separators, for any text', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      (labels) => {
        expect(fingerprint(labels)).toBe(slowFingerprint(labels));
      },
    ),
  );
});

test('does not depend on the order of labels, but on where each of them ends', () => {
  expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }));
  expect(fingerprint({ ab: '1' })).not.toBe(fingerprint({ a: 'b1' }));
});
