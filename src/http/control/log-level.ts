import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { Emit, Facts } from '../../telemetry/facts.ts';
import { type LogLevel, type LogLevelSwitch, logLevels } from '../../telemetry/log.ts';
import { parse } from '../errors.ts';
import { isoTime } from '../instant.ts';

const level = z.enum(logLevels);

/** The body of `POST /control/loglevel`. */
export const logLevelBodySchema = z
  .strictObject({
    level: level.meta({ description: 'Least severity of a log line from now on' }),
    for_seconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .meta({ description: 'When the level of the configuration returns; without it, never' }),
  })
  .meta({ id: 'LogLevelChange' });

/** The answer of both methods of `/control/loglevel`. */
export const logLevelSchema = z
  .strictObject({
    level,
    configured: level.meta({ description: 'What the configuration says' }),
    until: z.iso.datetime().nullable().meta({ description: 'When that returns; null for never' }),
  })
  .meta({ id: 'LogLevel' });

type Shown = z.output<typeof logLevelSchema>;

/** The log level, as the control port shows and changes it. */
export interface LogLevelControl {
  show(): Shown;
  /** Changes it as a body asks. Throws `SL_REQUEST_INVALID`. */
  change(body: unknown): Shown;
}

/** What the control of the log level is made of. */
export interface LogLevelParts {
  readonly logLevel: LogLevelSwitch;
  readonly configured: LogLevel;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly schedule: Schedule;
}

/** Makes the control of the log level; a change for a time ends by itself, and by the next change. */
export function createLogLevelControl(parts: LogLevelParts): LogLevelControl {
  const { logLevel, configured, emit, clock, schedule } = parts;
  let untilMs: number | undefined;
  let cancel = () => {};
  const set = (to: LogLevel, reason: Facts['log.level_changed']['reason']) => {
    const from = logLevel.get();
    logLevel.set(to);
    emit('log.level_changed', { from, to, reason });
  };
  const giveBack = () => {
    untilMs = undefined;
    set(configured, 'time_over');
  };
  const show = (): Shown => ({
    level: logLevel.get(),
    configured,
    until: untilMs === undefined ? null : isoTime(untilMs),
  });
  return {
    show,
    change(body) {
      const { level: to, for_seconds: seconds } = parse(logLevelBodySchema, body);
      cancel();
      cancel = seconds === undefined ? () => {} : schedule(seconds * 1000, giveBack);
      untilMs = seconds === undefined ? undefined : clock.now() + seconds * 1000;
      set(to, 'asked');
      return show();
    },
  };
}
