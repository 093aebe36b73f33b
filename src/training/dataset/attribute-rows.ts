import type { Item } from '../../domain/item.ts';
import { flattenLabels } from '../../domain/labels.ts';
import type { User } from '../../domain/user.ts';
import type { AttributeTable } from '../../models/attribute-table.ts';
import { createNameNumbers } from './name-numbers.ts';
import { fill } from './select-interactions.ts';
import { sharedFloat32, sharedUint32 } from './shared-columns.ts';

/** Longer texts are descriptions: they tell nothing alike apart. */
const maxTextLength = 128;
/** Numeric attributes that get a column; later ones are left out. */
const maxNumbers = 64;

/** What is known of an item or user. */
type Described = Pick<Item, 'attributes' | 'labels'>;

/** Takes rows of what is known of items or users. */
export interface AttributeRows {
  add(id: string, own: readonly string[], described: Described): void;
  /** The table, in shared memory; absent without rows. */
  build(): AttributeTable | undefined;
}

/**
 * Makes rows of attributes and nested labels: texts of at most 128 characters and booleans become labels `name=value`, numbers a
 * column of their own.
 *
 * @example rows.add('boot-7', ['category=boots'], { attributes: { colour: 'brown', price: 89 } }) // labels category=boots, colour=brown
 */
export function createAttributeRows(): AttributeRows {
  const ids: string[] = [];
  const labels = createNameNumbers();
  const codes: number[] = [];
  const ends: number[] = [];
  const numbers = new Map<string, Map<number, number>>();
  const addNumber = (name: string, value: number) => {
    if (!Number.isFinite(value)) return;
    const column = numbers.get(name) ?? new Map<number, number>();
    if (!numbers.has(name) && numbers.size >= maxNumbers) return;
    numbers.set(name, column.set(ids.length, value));
  };
  return {
    add(id, own, { attributes, labels: nested }) {
      const found = new Set(own);
      for (const [name, value] of [...Object.entries(attributes), ...flattenLabels(nested)])
        if (typeof value === 'number') addNumber(name, value);
        else if (String(value).length <= maxTextLength) found.add(`${name}=${value}`);
      for (const label of found) codes.push(labels.of(label));
      ids.push(id);
      ends.push(codes.length);
    },
    build() {
      if (ids.length === 0) return undefined;
      const columns = [...numbers].map(([name, values]) => {
        const column = sharedFloat32(ids.length).fill(Number.NaN);
        for (const [row, value] of values) column[row] = value;
        return [name, column] as const;
      });
      return {
        ids,
        labels: labels.names(),
        offsets: fill(sharedUint32(ids.length + 1), (row) => (row === 0 ? 0 : ends[row - 1])),
        codes: fill(sharedUint32(codes.length), (i) => codes[i]),
        numbers: Object.fromEntries(columns),
      };
    },
  };
}

/** The labels of an item beside its attributes: its categories, each with the whole of its path. */
export function labelsOfItem({ categories }: Pick<Item, 'categories'>): string[] {
  return categories.map((category) => `category=${category}`);
}

/** The labels of a user beside the attributes. */
export function labelsOfUser({ segment }: Pick<User, 'segment'>): string[] {
  return segment === undefined ? [] : [`segment=${segment}`];
}
