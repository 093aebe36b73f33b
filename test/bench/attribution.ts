import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attribute } from '../../src/anomaly/attribution/attribute.ts';
import { generateCases } from './attribution/generated-cases.ts';
import { combinationText, type LabelledCase } from './attribution/labelled-case.ts';
import { readPackedCases } from './attribution/packed-cases.ts';
import { readRobustspot } from './attribution/robustspot.ts';
import type { BenchOptions } from './harness/bench.ts';
import { quantileOf, round } from './harness/spread.ts';

/** What the bench is asked beside what every bench is given. */
interface AttributionBenchOptions extends Pick<BenchOptions, 'dataFolder' | 'log'> {
  /** Kind of cases to generate instead of reading; see `generateCases`. */
  readonly generate?: string | undefined;
  /** Whole numbers. */
  readonly cases?: string | undefined;
  readonly seed?: string | undefined;
}

/**
 * Names the causes of labelled changes: micro F1 with exact matching over all cases, and milliseconds per case. For
 * cases where nothing happened, the share with a cause.
 */
export async function attributionBench(options: AttributionBenchOptions) {
  const { generate, log } = options;
  let [hits, told, true_, withCause] = [0, 0, 0, 0];
  const times: number[] = [];
  for (const { name, table, measurement, labels } of casesOf(options)) {
    const start = performance.now();
    const { causes } = attribute(table, measurement, { maxCauses: Number.POSITIVE_INFINITY });
    times.push(performance.now() - start);
    const found = causes.map((cause) => combinationText(cause.labels));
    const right = found.filter((text) => labels.includes(text)).length;
    hits += right;
    told += found.length;
    true_ += labels.length;
    if (found.length > 0) withCause += 1;
    if (right < Math.max(found.length, labels.length))
      log(`${name}: expected ${labels.join(' ; ')}, found ${found.join(' ; ')}`);
  }
  const timing = { p50_ms: round(quantileOf(times, 0.5)), p95_ms: round(quantileOf(times, 0.95)) };
  const cases = times.length;
  if (generate?.startsWith('null') === true)
    return { cases, with_cause_share: round(withCause / cases), ...timing };
  const f1 = round((2 * hits) / (told + true_));
  return { f1, precision: round(hits / told), recall: round(hits / true_), cases, ...timing };
}

function casesOf({
  dataFolder,
  generate,
  cases = '100',
  seed = '1',
}: AttributionBenchOptions): Iterable<LabelledCase> {
  if (generate !== undefined)
    return generateCases({
      kind: generate,
      cases: Number(cases),
      seed: Number(seed),
      folder: dataFolder,
    });
  if (dataFolder === undefined) throw new RangeError('attribution needs --data or --generate');
  return existsSync(join(dataFolder, 'anomaly.yaml'))
    ? readRobustspot(dataFolder)
    : readPackedCases(dataFolder);
}
