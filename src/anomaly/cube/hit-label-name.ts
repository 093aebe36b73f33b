import { degradationReasons, stageNames } from '../../domain/degradation.ts';
import type { HitLabel } from './measures.ts';

const otherName = '__other__';
const names: Readonly<Record<HitLabel, readonly string[]>> = {
  stage: ['none', ...stageNames],
  reason: degradationReasons,
};

/** The name of a stage (from 1, 0 none) or of a reason code; `__other__` for any other number. */
export function hitLabelName(label: HitLabel, code: number): string {
  return names[label][code] ?? otherName;
}
