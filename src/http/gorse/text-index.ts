/** How much a word that occurs again counts, and how much long texts are held back (Robertson and Zaragoza 2009). */
const k1 = 1.2;
const b = 0.75;
const maxWordsOfText = 2000;
const maxWordsOfQuery = 32;
const word = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu;
const none = new Uint32Array();

/** A text that was found. */
export interface Found {
  readonly place: number;
  /** Above 0; more is better. */
  readonly score: number;
}

/**
 * Finds texts by the words in them, in any case; Chinese characters are words by themselves. Texts have small whole
 * numbers for names. Ranks by BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).
 *
 * @example
 * const index = new TextIndex();
 * index.put(0, 'Toy Story (1995)');
 * index.find('story'); // [{ place: 0, score: 0.28… }]
 */
export class TextIndex {
  readonly #codes = new Map<string, number>();
  /** The texts that each word was ever seen in; some have lost it since. */
  readonly #placesOf: number[][] = [];
  /** The words of each text, sorted, a word as often as it occurs. */
  readonly #wordsOf: Uint32Array[] = [];
  #texts = 0;
  #words = 0;

  /** Puts a text in the place of the one before; an empty one is never found. Costs O(words log words). */
  put(place: number, text: string): void {
    const before = this.#wordsOf[place] ?? none;
    const words = Uint32Array.from(wordsIn(text, maxWordsOfText), (one) => this.#code(one)).sort();
    this.#texts += Number(words.length > 0) - Number(before.length > 0);
    this.#words += words.length - before.length;
    while (this.#wordsOf.length < place) this.#wordsOf.push(none);
    this.#wordsOf[place] = words;
    words.forEach((code, i) => {
      if (code !== words[i - 1] && countOf(before, code) === 0) this.#placesOf[code].push(place);
    });
  }

  /** The texts that have any of the words, in no order. Costs O(occurrences of the words). */
  find(query: string): Found[] {
    const scores = new Map<number, number>();
    const meanLength = this.#words / Math.max(1, this.#texts);
    for (const one of new Set(wordsIn(query, maxWordsOfQuery))) {
      const code = this.#codes.get(one);
      if (code === undefined) continue;
      const places = this.#withWord(code);
      const weight = Math.log(1 + (this.#texts - places.length + 0.5) / (places.length + 0.5));
      for (const place of places) {
        const words = this.#wordsOf[place];
        const count = countOf(words, code);
        const held = k1 * (1 - b + (b * words.length) / meanLength);
        const score = (weight * count * (k1 + 1)) / (count + held);
        scores.set(place, (scores.get(place) ?? 0) + score);
      }
    }
    return [...scores].map(([place, score]) => ({ place, score }));
  }

  /** The texts that have a word now; forgets those that have lost it. */
  #withWord(code: number): readonly number[] {
    const places = [...new Set(this.#placesOf[code])].filter(
      (place) => countOf(this.#wordsOf[place], code) > 0,
    );
    this.#placesOf[code] = places;
    return places;
  }

  #code(one: string): number {
    const known = this.#codes.get(one);
    if (known !== undefined) return known;
    this.#codes.set(one, this.#placesOf.length);
    this.#placesOf.push([]);
    return this.#placesOf.length - 1;
  }
}

function wordsIn(text: string, most: number): string[] {
  const found: string[] = [];
  for (const [one] of text.toLowerCase().matchAll(word)) {
    found.push(one);
    if (found.length === most) break;
  }
  return found;
}

/** How often a code stands in a sorted list. */
function countOf(sorted: Uint32Array, code: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < code) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < sorted.length && sorted[end] === code) end += 1;
  return end - low;
}
