import type { Terminal } from './terminal.ts';

/** The wish of somebody outside that the program ends. */
export interface StopSignal {
  /** From now on the first signal is heard by `heard`; before, it ends the process at once. */
  arm(): void;
  /** Resolves with the first signal after `arm`; the next one ends the process at once. */
  readonly heard: Promise<'SIGINT' | 'SIGTERM'>;
  release(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Listens for SIGINT and SIGTERM.
 *
 * @example
 * const stop = listenForStop(terminal);
 * stop.arm();
 * await stop.heard; // 'SIGTERM'
 */
export function listenForStop(terminal: Terminal): StopSignal {
  const { promise, resolve } = Promise.withResolvers<'SIGINT' | 'SIGTERM'>();
  let armed = false;
  const release = terminal.onStop((signal) => {
    if (!armed) {
      terminal.exit(exitCodes[signal]);
      return;
    }
    armed = false;
    resolve(signal);
  });
  return {
    arm: () => {
      armed = true;
    },
    heard: promise,
    release,
  };
}
