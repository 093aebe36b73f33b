/** Numbered promises that are kept when an answer with their number comes. */
export interface Tickets<Answer> {
  /** How many are still open. */
  readonly open: number;
  issue(): { readonly ticket: number; readonly answer: Promise<Answer> };
  /** Keeps the promise of a number; other numbers are ignored. */
  settle(ticket: number, answer: Answer): void;
  /** Breaks all open promises. */
  fail(cause: unknown): void;
}

/** Makes an empty roll of tickets; the first number is 1. */
export function createTickets<Answer>(): Tickets<Answer> {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let last = 0;
  return {
    get open() {
      return waiting.size;
    },
    issue: () => {
      const kept = Promise.withResolvers<Answer>();
      last += 1;
      waiting.set(last, kept);
      return { ticket: last, answer: kept.promise };
    },
    settle: (ticket, answer) => {
      waiting.get(ticket)?.resolve(answer);
      waiting.delete(ticket);
    },
    fail: (cause) => {
      for (const { reject } of waiting.values()) reject(cause);
      waiting.clear();
    },
  };
}
