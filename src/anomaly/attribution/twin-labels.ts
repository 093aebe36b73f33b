import type { LeafTable } from './leaf-table.ts';

/** A table without labels that say the same as another, and how to name them again. */
export interface Untwinned {
  readonly table: LeafTable;
  /** The labels of a combination with those that follow from them. */
  name(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}

interface Twin {
  readonly label: string;
  readonly of: string;
  /** Its value by the value of the label that stays. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Leaves out labels whose values go with the values of an earlier label one to one, like the strategy of a work that has
 * one: every combination with the one would tie with the same of the other. O(labels² · leaves).
 *
 * @example
 * const { table, name } = withoutTwins(shop); // labels work, segment
 * name({ work: 'home' }); // { work: 'home', strategy: 'home-blend' }
 */
export function withoutTwins(table: LeafTable): Untwinned {
  const kept: number[] = [];
  const twins: Twin[] = [];
  for (let label = 0; label < table.labels.length; label++) {
    const twin = kept.map((of) => twinOf(table, label, of)).find((found) => found !== undefined);
    if (twin === undefined) kept.push(label);
    else twins.push(twin);
  }
  const pick = <Column>(columns: readonly Column[]) => kept.map((label) => columns[label]);
  return {
    table: {
      labels: pick(table.labels),
      values: pick(table.values),
      count: table.count,
      codes: pick(table.codes),
    },
    name(labels) {
      const named = { ...labels };
      for (const { label, of, values } of twins) {
        const value = values.get(labels[of] ?? '');
        if (labels[of] !== undefined && value !== undefined) named[label] = value;
      }
      return named;
    },
  };
}

function twinOf({ labels, values, count, codes }: LeafTable, label: number, of: number) {
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  for (let leaf = 0; leaf < count; leaf++) {
    const [value, other] = [codes[label][leaf], codes[of][leaf]];
    if ((there.get(other) ?? value) !== value || (back.get(value) ?? other) !== other) {
      return undefined;
    }
    there.set(other, value);
    back.set(value, other);
  }
  const named = [...there].map(
    ([other, value]) => [values[of][other], values[label][value]] as const,
  );
  return { label: labels[label], of: labels[of], values: new Map(named) };
}
