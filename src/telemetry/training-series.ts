import type { FactSeries } from './fact-series.ts';
import { gateReasons } from './fact-values.ts';
import type { MetricSet } from './metric-set.ts';

/** Binds the series of training runs. */
export function createTrainingSeries(set: MetricSet) {
  return {
    'training.loaded': (data) => {
      for (const [kind, count] of Object.entries(data))
        set.gauge('training_data', { kind }).set(count);
    },
    'training.phase_ended': ({ phase, seconds }) =>
      set.histogram('training_phase_duration_seconds', { phase }).observe(seconds),
    'training.ended': ({ outcome, trigger, peakBytes }) => {
      // A counter that begins at 0 shows its first increment as a rate.
      for (const begun of ['published', 'failed', outcome])
        set.counter('training_runs_total', { outcome: begun, trigger }).add(0);
      set.counter('training_runs_total', { outcome, trigger }).add(1);
      if (peakBytes > 0) set.gauge('training_peak_memory_bytes').set(peakBytes);
    },
    'model.judged': ({ model, reasons, ...measures }) => {
      for (const [measure, value] of Object.entries(measures))
        if (typeof value === 'number')
          set.gauge('model_quality_ratio', { model, measure: snakeCase(measure) }).set(value);
      for (const reason of gateReasons)
        set
          .counter('model_gate_rejections_total', { model, reason })
          .add(reasons.includes(reason) ? 1 : 0);
    },
  } satisfies FactSeries;
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
