/** Runs work when all that was given before has ended, and answers what it answers. */
export type InTurn = <Result>(work: () => Result | Promise<Result>) => Promise<Result>;

/**
 * Makes a queue in which one piece of work runs at a time; one that fails does not stop those after it.
 *
 * @example await createTurns()(() => 1) // 1
 */
export function createTurns(): InTurn {
  let running: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = running.then(work);
    running = result.catch(() => {});
    return result;
  };
}
