import { expect, test } from 'vitest';
import { createFeedbackNotes } from '../../../src/signals/requests/feedback-notes.ts';
import { noteBits } from '../../../src/telemetry/ring-event.ts';

const types = { clickTypes: ['click'], conversionTypes: ['cart'] };
const nothing = { positive: [], read: [] };
const { positive, read } = noteBits;

test('without rules a click says that an item was read, and a conversion that it was wanted', () => {
  const notesOf = createFeedbackNotes(types, nothing);
  expect(['click', 'cart', 'view', ''].map((type) => notesOf({ type }))).toEqual([
    read,
    positive,
    0,
    0,
  ]);
});

test('where models learn what was read, clicks are wanted', () => {
  const notesOf = createFeedbackNotes(types, { positive: [], read: ['exposure'] });
  expect(['click', 'cart', 'exposure'].map((type) => notesOf({ type }))).toEqual([
    positive,
    positive,
    read,
  ]);
});

test('rules of their own come before those that models learn by', () => {
  const learnt = { positive: ['purchase'], read: ['exposure'] };
  const ofBoth = (type: string) =>
    [{}, { positive: ['like'] }, { read: ['view'] }, { positive: [], read: [] }].map((own) =>
      createFeedbackNotes({ ...types, ...own }, learnt)({ type }),
    );
  expect(ofBoth('purchase')).toEqual([positive, 0, positive, 0]);
  expect(ofBoth('exposure')).toEqual([read, read, 0, 0]);
  expect(ofBoth('like')).toEqual([0, positive, 0, 0]);
  expect(ofBoth('view')).toEqual([0, 0, read, 0]);
});

test('a value decides, and one event may be both', () => {
  const notesOf = createFeedbackNotes(types, { positive: ['rating>=4'], read: ['rating'] });
  expect([5, 4, 3, Number.NaN].map((value) => notesOf({ type: 'rating', value }))).toEqual([
    positive | read,
    positive | read,
    read,
    read,
  ]);
  expect(notesOf({ type: 'rating' })).toBe(read);
});

test('what models learn as negative was read, and not wanted, whatever else it is', () => {
  const types = { clickTypes: ['click'], conversionTypes: ['cart'] };
  const notesOf = createFeedbackNotes(types, {
    ...{ positive: ['rating'], read: [], negative: ['rating<2'] },
  });
  expect(notesOf({ type: 'rating', value: 1 })).toBe(noteBits.read);
  expect(notesOf({ type: 'rating', value: 5 })).toBe(noteBits.positive);
});
