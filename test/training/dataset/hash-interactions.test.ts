import { expect, test } from 'vitest';
import type { Interactions } from '../../../src/models/model.ts';
import { hashInteractions } from '../../../src/training/dataset/hash-interactions.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

test('equal data have equal hashes', () => {
  expect(hashInteractions(sessionsOf('ab', 'ba'))).toMatch(/^[0-9a-f]{16}$/);
  expect(hashInteractions(sessionsOf('ab', 'ba'))).toBe(hashInteractions(sessionsOf('ab', 'ba')));
});

test('whatever differs, the hash does', () => {
  const data = sessionsOf('ab', 'ba');
  const itemAttributes = {
    ...{ ids: ['a'], labels: ['x=1'], numbers: { price: Float32Array.of(2) } },
    ...{ offsets: Uint32Array.of(0, 1), codes: Uint32Array.of(0) },
  };
  const others: Interactions[] = [
    data,
    sessionsOf('abba'),
    sessionsOf('ab', 'bb'),
    { ...data, items: ['a', 'c'] },
    { ...data, atMs: data.atMs.map((at) => at + 1) },
    { ...data, weights: new Float32Array(4).fill(1) },
    { ...data, users: ['u'] },
    { ...data, users: ['u'], userOf: Int32Array.of(0, -1) },
    { ...data, itemAttributes },
    { ...data, userAttributes: itemAttributes },
    { ...data, itemAttributes: { ...itemAttributes, numbers: { price: Float32Array.of(3) } } },
  ];
  expect(new Set(others.map(hashInteractions)).size).toBe(others.length);
});
