/** Runs work in its turn. */
export type InTurn = <T>(keys: readonly string[], run: () => Promise<T>) => Promise<T>;

/** The turns of changes to rows, shared by all doors that lead to them. */
export interface RowTurns {
  readonly items: InTurn;
  readonly users: InTurn;
}

/**
 * Lets work on the same keys happen one after the other, in the order of the calls; work on different
 * keys does not wait. So a change that reads first (PATCH) loses no other change.
 *
 * @example
 * const inTurn = createTurns();
 * await Promise.all([inTurn(['a'], first), inTurn(['a'], second)]); // second starts when first is done
 */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (keys, run) => {
    const before = keys.map((key) => last.get(key)).filter((turn) => turn !== undefined);
    const mine = before.length === 0 ? run() : Promise.all(before).then(run);
    const over = mine.then(
      () => {},
      () => {},
    );
    for (const key of keys) last.set(key, over);
    over.then(() => {
      for (const key of keys) if (last.get(key) === over) last.delete(key);
    });
    return mine;
  };
}
