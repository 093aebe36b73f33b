import type { Reading } from '../signal.ts';
import type { EventView } from './event-view.ts';
import { readingLabels } from './plugin-signal.ts';

/** Readings of one report, and series of one signal in all its life. */
export const maxReadings = 100;

const measureForm = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Copies what a signal of a plugin read, so that nothing of it can change later. Throws an `Error` that says what is
 * wrong with it: too many, a value that is not finite, a label that no event carried.
 */
export function checkReadings(readings: unknown, view: Pick<EventView, 'hasSeen'>): Reading[] {
  if (!Array.isArray(readings)) throw new Error(`reported ${kindOf(readings)}, expected a list`);
  if (readings.length > maxReadings)
    throw new Error(`reported ${readings.length} readings, expected ${maxReadings} at most`);
  const checked = readings.map((reading) => checkReading(reading, view));
  if (new Set(checked.map(keyOf)).size < checked.length)
    throw new Error('reported a measure with equal labels twice');
  return checked;
}

/** Tells the series of a signal apart. */
export function keyOf({ measure, labels }: Pick<Reading, 'measure' | 'labels'>): string {
  return [measure, ...readingLabels.map((label) => labels[label] ?? '')].join('\0');
}

function checkReading(reading: unknown, view: Pick<EventView, 'hasSeen'>): Reading {
  const { measure, labels = {}, value, samples = 0 } = Object(reading) as Record<string, unknown>;
  if (typeof measure !== 'string' || !measureForm.test(measure))
    throw new Error(`reported the measure ${quoted(measure)}, expected snake case of 40 at most`);
  if (value !== null && !Number.isFinite(value))
    throw new Error(`reported ${quoted(value)} as ${measure}, expected a finite number or null`);
  if (!Number.isSafeInteger(samples) || (samples as number) < 0)
    throw new Error(`reported ${quoted(samples)} samples of ${measure}, expected 0 or more`);
  const given = checkLabels(labels, { measure, view });
  return { measure, labels: given, value: value as number | null, samples: samples as number };
}

function checkLabels(
  labels: unknown,
  { measure, view }: { measure: string; view: Pick<EventView, 'hasSeen'> },
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Object(labels)).flatMap(([name, value]) => {
      const label = readingLabels.find((known) => known === name);
      if (label === undefined)
        throw new Error(
          `reported ${measure} with label ${quoted(name)}, expected ${readingLabels.join(', ')}`,
        );
      if (value === undefined || value === '') return [];
      if (typeof value !== 'string' || !view.hasSeen(label, value))
        throw new Error(`reported ${measure} of a ${label} that no event carried`);
      return [[label, value] as const];
    }),
  );
}

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value);

/** Short and on one line: it is text of somebody else. */
const quoted = (value: unknown): string => JSON.stringify(String(value).slice(0, 40));
