/** Where a command talks to people and to other programs; tests hand in their own. */
export interface Terminal {
  /** Results: standard output. */
  out(text: string): void;
  /** Everything said to a person: standard error. */
  err(text: string): void;
  /** Whether standard error is a screen that can draw a bar. */
  readonly isTty: boolean;
  /** Width of the screen in characters. */
  readonly columns: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back for each SIGINT and SIGTERM; the answer takes the listener off again. */
  onStop(listener: (signal: 'SIGINT' | 'SIGTERM') => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** The terminal of this process. */
export function createProcessTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTty: process.stderr.isTTY === true && process.env.TERM !== 'dumb',
    columns: process.stderr.columns || 80,
    environment: process.env,
    onStop: (listener) => {
      process.on('SIGINT', listener).on('SIGTERM', listener);
      return () => void process.off('SIGINT', listener).off('SIGTERM', listener);
    },
    exit: (code) => process.exit(code),
  };
}
