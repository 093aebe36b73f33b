import type { AlertRule } from '../rules/rule.ts';
import type { Definition } from '../source/definition.ts';
import { admissionSymptoms } from './admission-symptoms.ts';
import { anomalySymptoms } from './anomaly-symptoms.ts';
import { answerSymptoms } from './answer-symptoms.ts';
import { changeSymptoms } from './change-symptoms.ts';
import { controlSymptoms } from './control-symptoms.ts';
import { driftSymptoms } from './drift-symptoms.ts';
import { experimentSymptoms } from './experiment-symptoms.ts';
import { featureStoreSymptoms } from './feature-store-symptoms.ts';
import { latencySymptoms } from './latency-symptoms.ts';
import { modelSymptoms } from './model-symptoms.ts';
import { processSymptoms } from './process-symptoms.ts';
import { pushSymptoms } from './push-symptoms.ts';
import { qualitySymptoms } from './quality-symptoms.ts';
import { servedSymptoms } from './served-symptoms.ts';
import { storeSymptoms } from './store-symptoms.ts';
import { type AlertMaker, createAlertContext } from './symptom.ts';
import { telemetrySymptoms } from './telemetry-symptoms.ts';
import { trainingSymptoms } from './training-symptoms.ts';

/** Makers of the alerts on symptoms, by the side of the gateway that they are about. */
const makers: Readonly<Record<string, readonly AlertMaker[]>> = {
  serving: [
    latencySymptoms,
    answerSymptoms,
    storeSymptoms,
    featureStoreSymptoms,
    admissionSymptoms,
  ],
  quality: [modelSymptoms, trainingSymptoms, qualitySymptoms, servedSymptoms],
  drift: [driftSymptoms, experimentSymptoms],
  operation: [
    changeSymptoms,
    controlSymptoms,
    processSymptoms,
    telemetrySymptoms,
    pushSymptoms,
    anomalySymptoms,
  ],
};

/** The alerts on symptoms, by side: the name of their group. */
export function symptomsOf(definition: Definition): Readonly<Record<string, AlertRule[]>> {
  const context = createAlertContext(definition);
  return Object.fromEntries(
    Object.entries(makers).map(([side, own]) => [side, own.flatMap((make) => [...make(context)])]),
  );
}
