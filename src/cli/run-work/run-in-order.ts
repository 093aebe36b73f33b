/**
 * Has inputs worked on side by side and takes the results in the order of the inputs, each as soon as it and those
 * before it are there. At most `window` are under way; then the next input waits. Throws what `work` or `take` throws,
 * and takes nothing after it.
 *
 * @example await runInOrder([3, 1, 2], { window: 2, work: async (n) => n * 2, take: async (n) => console.log(n) }) // 6 2 4
 */
export async function runInOrder<Input, Result>(
  inputs: AsyncIterable<Input> | Iterable<Input>,
  {
    window,
    work,
    take,
  }: {
    readonly window: number;
    work(input: Input): Promise<Result>;
    take(result: Result): Promise<void>;
  },
): Promise<void> {
  const underWay: Promise<void>[] = [];
  let last = Promise.resolve();
  for await (const input of inputs) {
    const before = last;
    const working = work(input);
    last = Promise.all([working, before]).then(([result]) => take(result));
    // Whoever waits for it hears of a failure; until then it must not count as one that nobody heard.
    last.catch(() => {});
    if (underWay.push(last) >= window) await underWay.shift();
  }
  await last;
}
