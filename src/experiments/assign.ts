import { hashId } from '../telemetry/event-codes.ts';
import type { Arm, Experiment } from './experiment.ts';

/** Values of `hashId`. */
const hashSpan = 2 ** 53;

/**
 * The arm of a targeting key (user or session id): a pure function of the experiment's salt, the key and the share of
 * treatment, so it is the same on every instance and after every start. The key has one fixed place in [0, 1), and
 * treatment has the places below its share: a share that grows moves keys from control to treatment and none back.
 * Experiments with different salts split independently. A missing or empty key is control. O(length of the key).
 *
 * @example
 * assign({ salt: 'new-blend' }, 'user-1', 0.25); // 'control'
 * assign({ salt: 'new-blend' }, 'user-1', 0.75); // 'treatment'
 */
export function assign(
  { salt }: Pick<Experiment, 'salt'>,
  targetingKey: string | undefined,
  treatmentShare: number,
): Arm {
  if (targetingKey === undefined || targetingKey === '') return 'control';
  const place = hashId(`${salt}/${targetingKey}`) / hashSpan;
  return place < treatmentShare ? 'treatment' : 'control';
}
