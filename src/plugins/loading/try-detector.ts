import { asDetector, checkVerdict } from '../../anomaly/plugged/plugin-detector.ts';

const nowMs = 1_750_000_000_000;
const ticks = 60;

/** Shows a detector of a plugin a level that jumps, drops to zero and goes on. Throws what is wrong with what it does. */
export function tryDetector(made: unknown): void {
  const detect = asDetector(made);
  for (let tick = 0; tick < ticks; tick++) {
    const level = tick < 30 ? 100 : tick < 40 ? 1000 : 0;
    checkVerdict(detect(level + (tick % 3), nowMs + tick * 30_000));
  }
}
