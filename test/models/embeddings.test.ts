import { expect, test } from 'vitest';
import { cbow } from '../../src/models/cbow.ts';
import { modelKinds } from '../../src/models/index.ts';
import { item2vec } from '../../src/models/item2vec.ts';
import { withoutPadding } from '../../src/models/negative-sampling.ts';
import { fitReturns, returnBucket, returnBuckets } from '../../src/models/return-bias.ts';
import { learn, queryAfter, retrieved, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

const table = tableOf('abcdef');
/** Two groups that never meet; in each one click always follows another. */
const twoGroups = sessionsOf(...Array(30).fill('abcabc'), ...Array(30).fill('defdef'));
const small = { dimensions: 8, epochs: 20, negatives: 4 };

for (const kind of [modelKinds.item2vec, modelKinds.cbow]) {
  test(`${kind.kind} foresees the click that always follows`, () => {
    const model = learn(kind, twoGroups, table, { ...small, learningRate: 0.1 });
    expect(retrieved(model, queryAfter(table, 'a'), { table })[0][0]).toBe('b');
    expect(retrieved(model, queryAfter(table, 'cab'), { table })[0][0]).toBe('c');
    expect(retrieved(model, queryAfter(table, 'de'), { table })[0][0]).toBe('f');
  });

  test(`${kind.kind} gives unit vectors, and none to items it never saw`, () => {
    const wider = tableOf('abcdefz');
    const model = learn(kind, twoGroups, wider, small);
    const length = (item: number) => Math.hypot(...model.vectors!.row(item));
    for (let item = 0; item < 6; item++) expect(length(item)).toBeCloseTo(1, 5);
    expect(length(6)).toBe(0);
    expect(model.vectors!.rowCount).toBe(7);
  });
}

test('similar items are those that the same clicks follow', () => {
  // x and y both lead to a, z leads to b.
  const letters = tableOf('abxyz');
  const sessions = sessionsOf(
    ...Array(40).fill('xa'),
    ...Array(40).fill('ya'),
    ...Array(40).fill('zb'),
  );
  const model = learn(item2vec, sessions, letters, { ...small, epochs: 60 });
  const query = queryAfter(letters, 'x', { purpose: 'similar' });
  expect(retrieved(model, query, { table: letters })[0][0]).toBe('y');
  expect(scored(model, query, letters).x).toBe(0);
});

test('cbow learns that one does not go back to where one was two clicks ago', () => {
  // Every session of six clicks is a walk without return; each item is as frequent as the others.
  const walks = ['abcdef', 'bdface', 'cfbead', 'deafbc', 'ecfdab', 'fadceb', 'acebfd', 'bfcade'];
  const sessions = sessionsOf(...walks, ...walks, ...walks);
  const model = learn(cbow, sessions, table, { ...small, epochs: 5 });
  const fresh = scored(model, queryAfter(table, 'b'), table);
  const walked = scored(model, queryAfter(table, 'ab'), table);
  expect(walked.a / walked.c).toBeLessThan(fresh.a / fresh.c);
});

test('members are averaged: several say the same as one when they are the same', () => {
  const one = learn(cbow, twoGroups, table, { ...small, members: 1 });
  const three = learn(cbow, twoGroups, table, { ...small, members: 3 });
  expect(one.vectors!.dimensions).toBe(8);
  expect(three.vectors!.dimensions).toBe(24);
  expect(retrieved(three, queryAfter(table, 'ab'), { table })[0][0]).toBe(
    retrieved(one, queryAfter(table, 'ab'), { table })[0][0],
  );
});

test('buckets of returns grow with the distance', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 10, 11, 20, 21, 500].map(returnBucket)).toEqual([
    0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7,
  ]);
});

test('return biases make returns as frequent as they were, beside a prior of five', () => {
  // 1000 clicks, the item of bucket 1 has half the share each time and was clicked in 200 of them.
  const clicks = 1000;
  const biases = fitReturns({
    starts: Uint32Array.from({ length: clicks + 1 }, (_, i) => i),
    buckets: new Uint8Array(clicks).fill(1),
    shares: new Float32Array(clicks).fill(0.5),
    returned: Uint8Array.from({ length: clicks }, (_, i) => (i % 5 === 0 ? 1 : 0)),
  });
  // The odds fall from 1 to 200 / 800.
  expect(biases[1]).toBeCloseTo(Math.log(0.25), 2);
  expect(biases.length).toBe(returnBuckets);
  expect([...biases].filter((bias) => bias === 0).length).toBe(returnBuckets - 1);
});

test('training that ran away is told instead of kept', () => {
  const matrix = Float32Array.of(1, 2, 0, 0, 3, Number.NaN, 0, 0);
  const shape = { dimensions: 2, stride: 4 };
  expect([...withoutPadding(matrix, 1, shape)]).toEqual([1, 2]);
  expect(() => withoutPadding(matrix, 2, shape)).toThrow(
    expect.objectContaining({ code: 'SL_TRAINING_FAILED' }),
  );
});

test('item2vec learns what came before as well where clicks are sparse, or when told to', () => {
  const few = sessionsOf(...Array<string>(30).fill('ab'), ...Array<string>(30).fill('cd'));
  const small = { dimensions: 8, epochs: 30, negatives: 4, learningRate: 0.1, sessionDecay: 0.5 };
  const table = tableOf('abcd');
  const ask = (direction: 'auto' | 'forwards' | 'both') =>
    scored(learn(item2vec, few, table, { ...small, direction }), queryAfter(table, 'b'), table);
  expect(ask('auto')).toEqual(ask('both'));
  const { a, c } = ask('both');
  expect(a).toBeGreaterThan(10 * c);
  expect(ask('forwards').a).toBeLessThan(2 * ask('forwards').c + 0.5);
});
