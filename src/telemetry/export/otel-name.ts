import type { Metric } from './snapshot.ts';

/** What a metric is called in OpenTelemetry. */
export interface OtelName {
  readonly name: string;
  /** UCUM; empty where the values are plain counts or coefficients. */
  readonly unit: string;
}

/** Units of OpenTelemetry, and the types for which a translation to Prometheus puts the suffix back. */
const units = {
  seconds: { unit: 's', types: ['counter', 'gauge', 'histogram'] },
  bytes: { unit: 'By', types: ['counter', 'gauge', 'histogram'] },
  // The suffix is put back for gauges alone.
  ratio: { unit: '1', types: ['gauge'] },
  // There is no suffix for it; braces say that the unit is a mere note.
  bits: { unit: '{bit}', types: [] },
} as const satisfies Record<string, { unit: string; types: readonly Metric['type'][] }>;

/**
 * The OpenTelemetry name of a metric: without `_total`, and without a unit that Prometheus and the collector put back
 * when they translate names, so that both ways lead to the same series
 * (opentelemetry.io, "Prometheus and OpenMetrics compatibility").
 *
 * @example otelName({ name: 'sightline_stage_duration_seconds', type: 'histogram', unit: 'seconds' })
 * // { name: 'sightline_stage_duration', unit: 's' }
 */
export function otelName({ name, type, unit }: Pick<Metric, 'name' | 'type' | 'unit'>): OtelName {
  const plain = type === 'counter' ? name.replace(/_total$/, '') : name;
  if (unit === '') return { name: plain, unit };
  const { unit: ucum, types } = units[unit];
  const shorter = plain.slice(0, -unit.length - 1);
  const words = shorter.split('_');
  // A word that the name has anyway is not put back.
  const returns = (types as readonly string[]).includes(type) && !words.includes(unit);
  return { name: returns && plain.endsWith(`_${unit}`) ? shorter : plain, unit: ucum };
}
