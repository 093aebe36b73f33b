import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { type Mistake, SightlineError } from '../../domain/errors.ts';
import { type MetricDefinition, tableMetrics } from './metric-definition.ts';
import { breaches } from './naming.ts';

/** What the file may hold; more is a mistake in it. */
const maxMetrics = 500;
const maxBytes = 1_000_000;

const metricSchema = z.strictObject({
  type: z.enum(['counter', 'gauge', 'histogram']),
  unit: z.enum(['', 'seconds', 'bytes', 'ratio', 'bits']).default(''),
  help: z.string().max(500).default(''),
  labels: z.array(z.string().max(100)).max(100).default([]),
  buckets: z.array(z.number()).max(100).optional(),
  owner: z.string().max(100).default(''),
  panel: z.string().max(100).default(''),
});

/**
 * Reads the series of plugins: a map from the exposed name to `type`, `unit`, `help`, `labels`, `buckets`, `owner`
 * and `panel`. Throws `SL_CONFIG_INVALID` with every breach of form and of the naming conventions.
 *
 * @example
 * parseOwnMetrics('shop_checkouts_total: { type: counter, help: Checkouts, owner: shop, panel: Checkouts }')[0].name
 * // 'shop_checkouts_total'
 */
export function parseOwnMetrics(text: string): MetricDefinition[] {
  if (text.length > maxBytes) {
    throw invalid([
      { path: '', message: `has ${text.length} characters, expected ${maxBytes} at most` },
    ]);
  }
  let raw: unknown;
  try {
    raw = parseYaml(text) ?? {};
  } catch (cause) {
    throw invalid([{ path: '', message: `is not YAML: ${(cause as Error).message}` }]);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw invalid([{ path: '', message: 'is no map, expected metrics by their names' }]);
  }
  const entries = Object.entries(raw);
  const read = entries.slice(0, maxMetrics).map(([name, value]) => readMetric(name, value));
  const metrics = read.flatMap(({ metric }) => metric ?? []);
  const ours = tableMetrics();
  const mistakes = [
    ...(entries.length > maxMetrics
      ? [{ path: '', message: `has ${entries.length} metrics, expected ${maxMetrics} at most` }]
      : []),
    ...read.flatMap(({ mistakes }) => mistakes),
    ...breaches([...ours, ...metrics]),
  ];
  if (mistakes.length > 0) throw invalid(mistakes);
  return metrics;
}

function readMetric(
  name: string,
  value: unknown,
): { metric?: MetricDefinition; mistakes: readonly Mistake[] } {
  const { success, data, error } = metricSchema.safeParse(value);
  if (success) return { metric: { name, ...data }, mistakes: [] };
  const mistakes = error.issues.map(({ path, message }) => ({
    path: [name, ...path].join('.'),
    message,
  }));
  return { mistakes };
}

function invalid(mistakes: readonly Mistake[]): SightlineError {
  const lines = mistakes.map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  );
  return new SightlineError(
    'SL_CONFIG_INVALID',
    `metrics file has ${mistakes.length} mistakes: ${lines.join('; ')}`,
    { mistakes },
  );
}
