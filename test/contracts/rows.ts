import type { Feedback } from '../../src/domain/feedback.ts';
import type { Item } from '../../src/domain/item.ts';

/** An item for tests of stores. */
export const item = (id: string, attributes: Item['attributes'] = {}): Item => ({
  id,
  catalog: 'shoes',
  categories: ['boots', "men's"],
  attributes,
  hidden: false,
  publishedAtMs: 1_200_000_000_000.5,
});

/** An event for tests of stores. */
export const click = (key: string, more: Partial<Feedback> = {}): Feedback => ({
  key,
  type: 'click',
  item: 'A1',
  atMs: 1_200_000_000_000,
  ...more,
});
