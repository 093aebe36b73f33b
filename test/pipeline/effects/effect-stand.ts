import { EffectQueue } from '../../../src/pipeline/effects/effect-queue.ts';
import { effectsSchema } from '../../../src/pipeline/effects/effects-schema.ts';
import type { Emit } from '../../../src/telemetry/facts.ts';
import { createTestClock } from '../test-work.ts';

/** A queue over a clock and turns that stand still until they are moved. */
export function openEffectStand(bounds: object = {}) {
  const clock = createTestClock();
  const told: { readonly name: string; readonly [field: string]: unknown }[] = [];
  const emit: Emit = (name, fact) => void told.push({ name, ...fact });
  let due: (() => void)[] = [];
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const loop = { isBehind: false };
  const queue = new EffectQueue({
    bounds: effectsSchema.parse(bounds),
    emit,
    monotonic: clock.monotonic,
    isBehind: () => loop.isBehind,
    soon: (run) => void due.push(run),
    later(run, ms) {
      const timer = { atMs: clock.monotonic() + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  });
  /** Ends the present turn of the loop, and lets what was promised happen. */
  const endTurn = async () => {
    const now = due;
    due = [];
    for (const run of now) run();
    for (let k = 0; k < 5; k++) await Promise.resolve();
  };
  return {
    queue,
    loop,
    told,
    endTurn,
    /** Turns until no more is due. */
    async endTurns(): Promise<void> {
      await endTurn();
      while (due.length > 0) await endTurn();
    },
    /** Lets time pass, with the timers that come due in it. */
    async pass(ms: number): Promise<void> {
      clock.advance(ms);
      const now = timers.filter(({ atMs }) => atMs <= clock.monotonic());
      timers = timers.filter((timer) => !now.includes(timer));
      for (const { run } of now) run();
      await endTurn();
    },
    /** The facts of a name, without it. */
    facts: (wanted: string) =>
      told.filter(({ name }) => name === wanted).map(({ name: _, ...fact }) => fact),
    timers: () => timers.length,
  };
}
