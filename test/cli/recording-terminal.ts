import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal that keeps what is written to it. */
export interface RecordingTerminal extends Terminal {
  readonly written: { out: string; err: string };
  readonly exits: number[];
  stop(signal: 'SIGINT' | 'SIGTERM'): void;
}

/** Makes a terminal for a test. */
export function createRecordingTerminal(
  options: { isTty?: boolean; environment?: Record<string, string> } = {},
): RecordingTerminal {
  const written = { out: '', err: '' };
  const exits: number[] = [];
  const listeners = new Set<(signal: 'SIGINT' | 'SIGTERM') => void>();
  return {
    written,
    exits,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    isTty: options.isTty ?? false,
    columns: 80,
    environment: options.environment ?? {},
    onStop: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    exit: (code) => void exits.push(code),
    stop: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
}
