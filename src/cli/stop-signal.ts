import type { Clock } from '../domain/clock.ts';
import type { Terminal } from './terminal.ts';

/** The wish of somebody outside that the program ends. */
export interface StopSignal {
  /** From now on the first signal is heard by `heard`; before, it ends the process at once. */
  arm(): void;
  /** Resolves with the first signal after `arm`; a later one ends the process at once. */
  readonly heard: Promise<'SIGINT' | 'SIGTERM'>;
  release(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** npm passes on what the terminal has sent to the whole group already: signals this close are one. */
const togetherMs = 250;

/**
 * Listens for SIGINT and SIGTERM.
 *
 * @example
 * const stop = listenForStop(terminal, systemClock);
 * stop.arm();
 * await stop.heard; // 'SIGTERM'
 */
export function listenForStop(terminal: Terminal, clock: Clock): StopSignal {
  const { promise, resolve } = Promise.withResolvers<'SIGINT' | 'SIGTERM'>();
  let armed = false;
  let heardAt = Number.NEGATIVE_INFINITY;
  const release = terminal.onStop((signal) => {
    const sinceMs = clock.monotonic() - heardAt;
    if (!armed && sinceMs > togetherMs) terminal.exit(exitCodes[signal]);
    if (!armed) return;
    armed = false;
    heardAt = clock.monotonic();
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
