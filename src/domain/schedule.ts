/** Calls `run` once after a time, at once where it is over, unless the answer is called before. */
export type Schedule = (delayMs: number, run: () => void) => () => void;

/** The longest delay that Node.js takes. */
const longestMs = 2 ** 31 - 1;

/** The machine's timers; they do not keep the process alive. Longer delays than 24 days end early. */
export const systemSchedule: Schedule = (delayMs, run) => {
  const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), longestMs)).unref();
  return () => clearTimeout(timer);
};
