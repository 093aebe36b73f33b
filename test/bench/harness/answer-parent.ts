/** What a program sends back: the answer to call `id`. */
export interface Answers {
  readonly id: string | number;
  readonly value?: unknown;
  readonly error?: string;
}

/** The options the parent gave this program. */
export function programOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '{}') as Options;
}

/**
 * Answers the parent's calls by name, says that the program is ready, and ends the process when the
 * parent hangs up.
 */
export function answerParent(
  ready: unknown,
  answers: Readonly<Record<string, (argument: never) => unknown>>,
): void {
  process.on('message', async (call: { id: number; name: string; argument: never }) => {
    try {
      process.send?.({ id: call.id, value: await answers[call.name](call.argument) });
    } catch (error) {
      process.send?.({ id: call.id, error: String((error as Error).stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ id: 'ready', value: ready });
}
