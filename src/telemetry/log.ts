import { type Level, type Logger, pino } from 'pino';
import type { Clock } from '../domain/clock.ts';
import { escapeControls } from './json-string.ts';
import type { LogDestination } from './log-destination.ts';

/** Severities, least first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly Level[];
export type LogLevel = (typeof logLevels)[number];

/** Writes lines: fields first, then the message. */
type LineWriter = Pick<Logger, LogLevel>;

/** The log of a process. */
export interface Log extends LineWriter {
  /** Lines of a lower severity are left out; may be set at any time. */
  level: string;
  /** Writes lines of `info` and above whatever `level` is. */
  readonly audit: LineWriter;
}

/** Reads and sets the least severity of log lines while a process runs. */
export interface LogLevelSwitch {
  get(): LogLevel;
  set(level: LogLevel): void;
}

/** What a log needs. */
export interface LogOptions {
  readonly destination: LogDestination;
  /** Lines of a lower severity are left out at first. */
  readonly level: LogLevel;
  readonly clock: Clock;
}

/**
 * The log for everything that is not a finished request: one JSON line a call, `time` in ISO 8601 and
 * `level` as a word, no control characters.
 *
 * @example
 * createLog({ destination, level: 'info', clock }).info({ url: 'http://127.0.0.1:8080' }, 'server.listening');
 * // {"level":"info","time":"2026-11-21T02:00:00.000Z","url":"http://127.0.0.1:8080","msg":"server.listening"}
 */
export function createLog({ destination, level, clock }: LogOptions): Log {
  const open = (from: LogLevel) =>
    pino(
      {
        level: from,
        base: null,
        timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
        hooks: { streamWrite: escapeControls },
      },
      { write: (line: string) => destination.write(line) },
    );
  // No child: one of the same level would follow its parent to another.
  return Object.assign(open(level), { audit: open('info') });
}
