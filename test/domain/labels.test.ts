import { describe, expect, test } from 'vitest';
import { flattenLabels, vectorAt } from '../../src/domain/labels.ts';

describe('flattened labels', () => {
  test('name the whole path of each text and number', () => {
    const labels = { brand: { name: 'Lasta', since: 1921 }, colour: 'brown' };
    expect(flattenLabels(labels)).toEqual([
      ['brand.name', 'Lasta'],
      ['brand.since', 1921],
      ['colour', 'brown'],
    ]);
  });

  test('have one entry for each text of a list', () => {
    expect(flattenLabels({ genres: ['drama', 'war'] })).toEqual([
      ['genres', 'drama'],
      ['genres', 'war'],
    ]);
  });

  test('leave vectors, nothing and null out', () => {
    expect(flattenLabels({ embedding: [0.5, 1], none: null, empty: [] })).toEqual([]);
    expect(flattenLabels(null)).toEqual([]);
    expect(flattenLabels(undefined)).toEqual([]);
  });

  test('of a text alone have an empty path', () => {
    expect(flattenLabels('boot')).toEqual([['', 'boot']]);
  });
});

describe('the vector at a path', () => {
  test('is the list of numbers that stands there', () => {
    expect(vectorAt({ text: { embedding: [1, 2] } }, 'text.embedding')).toEqual([1, 2]);
    expect(vectorAt([1, 2], '')).toEqual([1, 2]);
  });

  test.each([
    ['a text', { embedding: 'x' }],
    ['texts', { embedding: ['x'] }],
    ['nothing', {}],
    ['an empty list', { embedding: [] }],
    ['null', { embedding: null }],
    ['a text with properties of its own', 'x'],
  ])('is undefined where there is %s', (_, labels) => {
    expect(vectorAt(labels, 'embedding')).toBeUndefined();
    expect(vectorAt(labels, '__proto__.length')).toBeUndefined();
  });
});
