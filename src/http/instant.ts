import { z } from 'zod';

/** The last millisecond that a date can say. */
const lastMs = 8_640_000_000_000_000;

/**
 * A point in time, as epoch milliseconds or ISO 8601 with an offset; read as epoch milliseconds.
 *
 * @example instant.parse('1970-01-01T00:00:01Z') // 1000
 */
export const instant = z
  .union([z.int().min(0).max(lastMs), z.iso.datetime({ offset: true })], {
    error: 'is no time, expected epoch milliseconds or ISO 8601 with an offset',
  })
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)))
  .meta({ description: 'Epoch milliseconds, or ISO 8601 with an offset' });

/** ISO 8601 in UTC. */
export const isoTime = (epochMs: number) => new Date(epochMs).toISOString();
