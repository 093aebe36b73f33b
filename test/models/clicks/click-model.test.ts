import { expect, test } from 'vitest';
import type { AttributeTable } from '../../../src/models/attribute-table.ts';
import { createClickFeatures } from '../../../src/models/clicks/click-features.ts';
import { readClickPayload } from '../../../src/models/clicks/click-payload.ts';
import { predictClicks } from '../../../src/models/clicks/click-prediction.ts';
import { deepfm } from '../../../src/models/clicks/deepfm.ts';
import { fm } from '../../../src/models/clicks/fm.ts';
import { interactionExamples } from '../../../src/models/clicks/interaction-examples.ts';
import type { Interactions } from '../../../src/models/model.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { learn, queryAfter, retrieved, scored } from '../ask.ts';
import { addItem, sessionsOf, tableOf } from '../tiny-sessions.ts';

const day = 86_400_000;

/** Twenty users like the items of the first half of the letters, twenty those of the second. */
function twoTastes(letters = 'abcdefgh'): Interactions {
  const builder = createInteractionBuilder();
  const half = letters.length / 2;
  for (let u = 0; u < 40; u++)
    for (let n = 0; n < half - 1; n++) {
      const item = letters[(u % 2) * half + ((u + n) % half)];
      builder.add({ item, user: `u${u}`, session: `s${u}`, atMs: u * day + n });
    }
  return builder.build();
}

function attributes(labelsOf: Readonly<Record<string, readonly string[]>>): AttributeTable {
  const labels = [...new Set(Object.values(labelsOf).flat())];
  const rows = Object.values(labelsOf);
  const offsets = new Uint32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) offsets[r + 1] = offsets[r] + row.length;
  const codes = Uint32Array.from(rows.flat(), (label) => labels.indexOf(label));
  return { ids: Object.keys(labelsOf), labels, offsets, codes, numbers: {} };
}

const small = { dimensions: 4, learningRate: 0.03, epochs: 15, idDropout: 0 };
const kinds = [
  { kind: fm, options: small },
  { kind: deepfm, options: { ...small, hidden: [16, 8], dropout: 0 } },
] as const;

test.each(kinds)('$kind.kind tells apart who likes what, by user and by history', (one) => {
  const table = tableOf('abcdefgh');
  const model = learn<object>(one.kind, twoTastes(), table, one.options);
  for (const more of [{ user: 'u0' }, { recent: Int32Array.of(0, 1), anchor: 1 }]) {
    const scores = scored(model, queryAfter(table, '', more), table);
    expect(Math.min(scores.c, scores.d)).toBeGreaterThan(Math.max(scores.g, scores.h));
  }
});

test.each(kinds)('$kind.kind answers a user it never saw as nobody', ({ kind, options }) => {
  const table = tableOf('abcdefgh');
  const model = learn<object>(kind, twoTastes(), table, options);
  expect(scored(model, queryAfter(table, 'ab', { user: 'stranger' }), table)).toEqual(
    scored(model, queryAfter(table, 'ab'), table),
  );
});

test.each(kinds)('$kind.kind serves what the core of it predicts for the same features', (one) => {
  const letters = 'abcdefgh';
  const labels = Object.fromEntries([...letters].map((id) => [id, [`half=${id < 'e'}`, 'tag=x']]));
  const interactions = { ...twoTastes(), itemAttributes: attributes(labels) };
  const options = { ...one.kind.defaults, ...one.options };
  const payload = (one.kind as typeof deepfm).fit(interactions, options as never, () => {});
  const table = tableOf(letters);
  const model = one.kind.load(payload, { kind: 'x', version: 'x', trainedAtMs: 0 }, table);
  const { weights, corrections, features } = readClickPayload(payload);
  // An example of user u2 with a, b and c behind them, for item d.
  const row = (rows: typeof features.userRows, at: number) =>
    Array.from(rows.codes.subarray(rows.offsets[at], rows.offsets[at + 1]), (code, i) => [
      code,
      rows.values[rows.offsets[at] + i],
    ]);
  const entries = [
    ...row(features.userRows, features.users.indexOf('u2')),
    [features.lastAt + features.items.indexOf('c'), 1],
    ...['b', 'a'].map((id) => [features.historyAt + features.items.indexOf(id), 1 / Math.sqrt(2)]),
    ...row(features.itemRows, features.items.indexOf('d')),
  ];
  const [logit] = predictClicks(weights, {
    offsets: Uint32Array.of(0, entries.length),
    codes: Uint32Array.from(entries, ([code]) => code),
    values: Float32Array.from(entries, ([, value]) => value),
    clicked: Uint8Array.of(0),
  });
  const z = logit + corrections[features.items.indexOf('d')];
  const { d } = scored(model, queryAfter(table, 'abc', { user: 'u2' }), table);
  expect(d).toBeCloseTo(1 / (1 + Math.exp(-z)), 5);
});

test('an item without events is known by its labels, one without either is not', () => {
  const table = tableOf('abcdefghyz');
  const labels = Object.fromEntries([...'abcd'].map((id) => [id, ['kind=first']]));
  const more = Object.fromEntries([...'efgh'].map((id) => [id, ['kind=second']]));
  const itemAttributes = attributes({ ...labels, ...more, y: ['kind=first'], z: [] });
  const interactions = { ...twoTastes(), itemAttributes };
  const model = learn(fm, interactions, table, { ...small, idDropout: 0.5 });
  const [ofFirst, ofSecond] = ['u0', 'u1'].map((user) =>
    scored(model, queryAfter(table, '', { user }), table),
  );
  expect(ofFirst.y).toBeGreaterThan(2 * ofSecond.y);
  expect([ofFirst.z, ofSecond.z]).toEqual([0, 0]);
});

test('what was seen and left is a negative, where that is recorded', () => {
  const interactions = twoTastes();
  const codeOf = (id: string) => interactions.items.indexOf(id);
  // Everybody saw and left g; users 1, 5, 9 and so on took it up all the same.
  const users = Uint32Array.from({ length: 40 }, (_, u) => u);
  const items = new Uint32Array(40).fill(codeOf('g'));
  const reads = { users, items, atMs: new Float64Array(40).fill(1e12) };
  const options = { ...fm.defaults, idDropout: 0 };
  const features = createClickFeatures(interactions);
  const made = interactionExamples({ ...interactions, reads }, features, options);
  const negatives = made.examples.clicked.filter((y) => y === 0).length;
  expect(negatives).toBe(30);
  expect(made.corrections).toEqual(new Float32Array(8));
});

test('where few of the reads are kept, probabilities are those with all of them', () => {
  const interactions = twoTastes();
  const users = Uint32Array.from({ length: 80 }, (_, n) => n >> 1);
  const items = users.map((user, n) => (user % 2 === 0 ? 4 : 0) + 2 * (n % 2));
  const reads = { users, items, atMs: new Float64Array(80).fill(1e12) };
  const table = tableOf('abcdefgh');
  const [all, few] = [1, 0.1].map((keptReads) => {
    const model = learn(fm, { ...interactions, reads }, table, { ...small, keptReads });
    return scored(model, queryAfter(table, 'a', { user: 'u0' }), table);
  });
  for (const id of 'abcdefgh') {
    const p = all[id];
    expect(few[id]).toBeCloseTo(p / (p + (1 - p) / 0.1), 5);
  }
});

test('drawn negatives are never what the user had', () => {
  const interactions = twoTastes();
  const features = createClickFeatures(interactions);
  for (const sampling of ['uniform', 'popularity'] as const) {
    const options = { ...fm.defaults, idDropout: 0, negatives: 5, sampling };
    const { examples } = interactionExamples(interactions, features, options);
    const had = new Set<string>();
    const pairs: string[] = [];
    for (const [e, y] of examples.clicked.entries()) {
      const own = examples.codes.subarray(examples.offsets[e], examples.offsets[e + 1]);
      const pair = `${own[0]} ${own.at(-1)}`;
      if (y === 1) had.add(pair);
      else pairs.push(pair);
    }
    expect(pairs.length).toBe(120 * 5);
    expect(pairs.filter((pair) => had.has(pair))).toEqual([]);
  }
});

test('scores of an evenly drawn fit add up to about one click', () => {
  const table = tableOf('abcdefgh');
  const model = learn(fm, twoTastes(), table, { ...small, learningRate: 0.02 });
  const sums = Array.from({ length: 40 }, (_, u) => {
    const scores = scored(model, queryAfter(table, '', { user: `u${u}` }), table);
    return Object.values(scores).reduce((a, b) => a + b, 0);
  });
  const mean = sums.reduce((a, b) => a + b, 0) / 40;
  expect(mean).toBeGreaterThan(0.5);
  expect(mean).toBeLessThan(2);
});

test('a network looks at the best of its machine only, all of a small catalogue', () => {
  const letters = 'abcdefgh';
  const table = tableOf(letters);
  const options = { ...small, hidden: [8] };
  const [few, all] = [3, 100].map((scan) =>
    learn(deepfm, twoTastes(), table, { ...options, scan }),
  );
  const query = queryAfter(table, 'a');
  expect(retrieved(few, query, { table }).length).toBe(3);
  const hits = retrieved(all, query, { table });
  expect(hits.length).toBe(8);
  const scores = scored(all, query, table);
  for (const [id, score] of hits) expect(score).toBe(scores[id]);
});

test.each(kinds)('$kind.kind has no opinion where there is nothing to tell apart', (one) => {
  const notes: string[] = [];
  const options = { ...one.kind.defaults, ...one.options };
  const learnt = (interactions: Interactions) =>
    (one.kind as typeof deepfm).fit(interactions, options as never, (_, note) => notes.push(note));
  const table = tableOf('a');
  const stamp = { kind: 'x', version: 'x', trainedAtMs: 0 };
  const model = one.kind.load(learnt(sessionsOf('aaa', 'a')), stamp, table);
  expect(scored(model, queryAfter(table, 'a'), table)).toEqual({ a: 0 });
  expect(notes.at(-1)).toMatch(/4 examples of one class/);
});

test('duplicate rows, strange ids and times in the future are learnt from', () => {
  const builder = createInteractionBuilder();
  const ids = ['', '\0', '__proto__', 'ä🙂', 'a b\n'];
  for (let n = 0; n < 40; n++)
    builder.add({
      item: ids[((n >> 2) + (n % 3)) % 5],
      user: ids[(n >> 2) % 5],
      atMs: 1e14 + (n % 7),
    });
  const table = new ItemTable();
  for (const id of ids) addItem(table, id);
  const model = learn(fm, builder.build(), table, small);
  const hits = retrieved(model, queryAfter(table, '', { user: '__proto__' }), { table });
  expect(hits.length).toBe(5);
});

test('numbers become buckets, and those that are none are left out', () => {
  const interactions = twoTastes();
  const price = Float32Array.of(1, 2, 3, 4, 5, 6, Number.NaN, Number.POSITIVE_INFINITY);
  const none = attributes(Object.fromEntries([...'abcdefgh'].map((id) => [id, []])));
  const itemAttributes = { ...none, numbers: { price } };
  const { itemRows, fields } = createClickFeatures({ ...interactions, itemAttributes });
  const counts = [...'abcdefgh'].map((_, i) => itemRows.offsets[i + 1] - itemRows.offsets[i]);
  expect(counts).toEqual([2, 2, 2, 2, 2, 2, 1, 1]);
  expect(fields).toBe(5);
  const buckets = [...'abcdef'].map((_, i) => itemRows.codes[itemRows.offsets[i] + 1]);
  expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
  expect(new Set(buckets).size).toBe(6);
});

test('memory is foretold in the order of what is learnt from', () => {
  const [few, many] = [twoTastes(), twoTastes('abcdefghijklmnop')].map((interactions) =>
    deepfm.memoryBytes!(interactions, deepfm.defaults),
  );
  expect(many).toBeGreaterThan(few);
  expect(few).toBeGreaterThan(1e6);
  expect(few).toBeLessThan(1e9);
});
