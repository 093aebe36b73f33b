import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextIndex } from '../../../src/http/gorse/text-index.ts';

function indexOf(...texts: string[]): TextIndex {
  const index = new TextIndex();
  texts.forEach((text, place) => {
    index.put(place, text);
  });
  return index;
}

const ranked = (index: TextIndex, query: string) =>
  index
    .find(query)
    .toSorted((a, b) => b.score - a.score || a.place - b.place)
    .map(({ place }) => place);

test('the score of one text with one word is that of the formula', () => {
  // ln(1 + 0.5 / 1.5) · 1 · 2.2 / (1 + 1.2), Robertson and Zaragoza 2009, equation 3.15.
  expect(indexOf('toy').find('TOY')).toEqual([{ place: 0, score: Math.log(1 + 0.5 / 1.5) }]);
});

test('texts with more of the words, and rarer ones, come first', () => {
  const index = indexOf('love story', 'toy soldiers', 'toy story', 'a love letter', 'toy toy box');
  expect(ranked(index, 'Toy Story')[0]).toBe(2);
  expect(ranked(index, 'soldiers toy')[0]).toBe(1);
  expect(ranked(index, 'nothing')).toEqual([]);
  expect(ranked(index, '!?')).toEqual([]);
});

test('Chinese characters are found without spaces between them', () => {
  expect(ranked(indexOf('推荐系统', '操作系统'), '推荐')).toEqual([0]);
});

test('a text that is put again is found by its new words alone', () => {
  const index = indexOf('red boots', 'blue boots');
  index.put(0, 'red coat');
  expect(ranked(index, 'boots')).toEqual([1]);
  index.put(0, 'red boots');
  expect(ranked(index, 'boots')).toEqual([0, 1]);
  expect(index.find('boots')[0].score).toBe(index.find('boots')[1].score);
  index.put(0, '');
  expect(ranked(index, 'red')).toEqual([]);
});

test('an index that was changed answers as one that was made anew', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 5 });
  const changes = fc.array(fc.tuple(fc.nat(5), words), { maxLength: 30 });
  fc.assert(
    fc.property(changes, (puts) => {
      const changed = new TextIndex();
      const last = ['', '', '', '', '', ''];
      for (const [place, text] of puts) {
        last[place] = text.join(' ');
        changed.put(place, last[place]);
        if (place === 0) changed.find('a b');
      }
      const byPlace = (index: TextIndex) =>
        index.find('a b c').toSorted((a, b) => a.place - b.place);
      expect(byPlace(changed)).toEqual(byPlace(indexOf(...last)));
    }),
  );
});
