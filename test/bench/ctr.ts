import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { auc, groupedAuc } from '../../src/math/auc.ts';
import { calibrationError } from '../../src/math/calibration-error.ts';
import type { ClickExamples, ClickFields } from '../../src/models/clicks/click-examples.ts';
import { predictClicks } from '../../src/models/clicks/click-prediction.ts';
import { fitClicks } from '../../src/models/clicks/click-training.ts';
import { deepfm } from '../../src/models/clicks/deepfm.ts';
import { fm } from '../../src/models/clicks/fm.ts';
import { readLibfm } from '../../src/training/dataset/libfm.ts';
import type { ClickData } from './ctr/click-data.ts';
import { frappeData } from './ctr/frappe.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';

/** Files in the format of libFM, or none for the Frappe log; the kind of model, and its options as JSON. */
interface CtrOptions extends BenchOptions {
  readonly train?: string;
  readonly validation?: string;
  readonly test?: string;
  readonly model?: string;
  readonly options?: string;
  readonly seed?: string;
}

const kinds = {
  fm: (raw: unknown) => ({ ...fm.parseOptions(raw), hidden: [], dropout: 0 }),
  deepfm: (raw: unknown) => deepfm.parseOptions(raw),
};

/** Log loss is cut there, as in the published numbers. */
const epsilon = 1e-7;

/**
 * How well clicks are foreseen. The validation part ends the fit and calibrates; the test part is scored once. With
 * `--test validation` and no other file the numbers are those of the validation part: for tuning.
 */
export const ctrBench: Bench = async (given: CtrOptions) => {
  const { model = 'deepfm', options = '{}', log } = given;
  if (model !== 'fm' && model !== 'deepfm') throw new Error('ctr needs --model fm or deepfm');
  const parsed = kinds[model](JSON.parse(options));
  const data = await readData(given);
  const threads = availableParallelism();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const weights = fitClicks(data, parsed, (_, note) => log(note), { threads });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  const logits = predictClicks(weights, data.test, { threads });
  return {
    model,
    ...qualityOf(logits, data.test, data),
    fit_seconds: seconds,
    cpu_seconds: (user + system) / 1e6,
    peak_mb: peak,
    examples: data.train.clicked.length,
    features: data.fieldOf.length,
    options: parsed,
  };
};

async function readData(given: CtrOptions): Promise<ClickData> {
  const { train, validation, test, seed = '1' } = given;
  if (train === undefined) {
    const folder = given.dataFolder ?? process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data';
    const data = await frappeData(resolve(folder, 'rec/frappe/Mobile_Frappe.zip'), Number(seed));
    return test === 'validation' ? { ...data, test: data.validation } : data;
  }
  if (validation === undefined || test === undefined)
    throw new Error('ctr needs --train FILE --validation FILE --test FILE, or none of them');
  const { parts, ...fields } = await readLibfm([train, validation, test]);
  return { ...fields, train: parts[0], validation: parts[1], test: parts[2] };
}

/** Measures of calibrated logits; those by user where the first field is one of several. */
function qualityOf(
  logits: Float32Array,
  examples: ClickExamples,
  { fields, fieldOf }: ClickFields,
) {
  const { clicked, offsets, codes } = examples;
  const p = Float64Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
  const { logLoss, ece, ratio } = calibrationError(p, clicked, p.length, { epsilon });
  // Users that the training part does not hold are one group.
  const users = Uint32Array.from(clicked, (_, e) => {
    const isKnown = offsets[e] < offsets[e + 1] && fieldOf[codes[offsets[e]]] === 0;
    return isKnown ? codes[offsets[e]] : fieldOf.length;
  });
  return {
    auc: auc(logits, clicked),
    logloss: logLoss,
    ...(fields > 1 && { gauc: groupedAuc(logits, clicked, users) }),
    ece,
    pcoc: ratio,
  };
}
