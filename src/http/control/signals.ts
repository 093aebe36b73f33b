import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { shorten } from '../errors.ts';
import { isoTime } from '../instant.ts';

const labels = z
  .record(z.string(), z.string())
  .meta({ description: 'Which part of the traffic it is of' });

const readingSchema = z
  .strictObject({
    measure: z.string().meta({ description: 'What is measured, with its unit' }),
    labels,
    value: z.number().nullable().meta({ description: 'Null where there is too little to say' }),
    samples: z.number().meta({ description: 'Events, exposures or sessions it is made of' }),
    window_seconds: z
      .number()
      .nullable()
      .meta({ description: 'Length of its window; null where it has no fixed one' }),
  })
  .meta({ id: 'Reading' });

/** The answer of `GET /control/signals`. */
export const signalsSchema = z.strictObject({
  enabled: z.boolean().meta({ description: 'False where `telemetry.events` is off' }),
  signals: z.array(
    z.strictObject({
      name: z.string(),
      measured_at: z.iso.datetime(),
      readings: z.array(readingSchema),
    }),
  ),
});

/** The path parameter of a signal's history. */
export const signalParams = z.object({
  name: z.string().meta({ description: 'A name that `GET /control/signals` lists' }),
});

/** The answer of `GET /control/signals/{name}/history`. */
export const signalHistorySchema = z.strictObject({
  name: z.string(),
  measured_at: z.array(z.iso.datetime()).meta({ description: 'The moments, oldest first' }),
  series: z.array(
    z.strictObject({
      measure: z.string(),
      labels,
      values: z
        .array(z.number().nullable())
        .meta({ description: 'One for each moment; null where there was too little to say' }),
      samples: z.array(z.number()),
    }),
  ),
});

/** More digits than anything here is measured to. */
const rounded = (value: number) => Number(value.toPrecision(9));

/** What every signal reads now. */
export function listSignals({ watch }: Gateway): z.output<typeof signalsSchema> {
  const signals = (watch?.current() ?? []).map(({ name, measuredAtMs, readings }) => ({
    name,
    measured_at: isoTime(measuredAtMs),
    readings: readings.map((reading) => ({
      measure: reading.measure,
      labels: reading.labels,
      value: reading.value === null ? null : rounded(reading.value),
      samples: reading.samples,
      window_seconds: reading.windowSeconds ?? null,
    })),
  }));
  return { enabled: watch !== undefined, signals };
}

/** What a signal read in the recent past. Throws `SL_NOT_FOUND` for a name that is no signal. */
export function showSignalHistory(
  { watch }: Gateway,
  name: string,
): z.output<typeof signalHistorySchema> {
  const past = watch?.past(name);
  if (past === undefined) {
    const message =
      watch === undefined
        ? 'signals are off, expected telemetry.events to be true'
        : `signal ${shorten(name, 60)} is unknown, expected a name of /control/signals`;
    throw new SightlineError('SL_NOT_FOUND', message, { path: 'name' });
  }
  return {
    name,
    measured_at: past.atMs.map(isoTime),
    series: past.series.map(({ measure, labels, values, samples }) => ({
      measure,
      labels,
      values: values.map((value) => (value === null ? null : rounded(value))),
      samples: [...samples],
    })),
  };
}
