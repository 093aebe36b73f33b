import { expect, onTestFinished, test, vi } from 'vitest';
import { Admission } from '../../../src/pipeline/admission/admission.ts';
import { GradientLimit } from '../../../src/pipeline/admission/gradient-limit.ts';
import { effectsSchema } from '../../../src/pipeline/effects/effects-schema.ts';
import { openEffects } from '../../../src/pipeline/effects/open-effects.ts';
import { openLoopStand } from '../admission/loop-stand.ts';

/** Effects beside an event loop with a bound of 50 ms, of which shadows may use a tenth. */
function open({ isProtected = true } = {}) {
  const { guard } = openLoopStand();
  const clock = { now: () => 0, monotonic: () => performance.now() };
  const emit = () => {};
  const admission = new Admission({
    limit: new GradientLimit({ min: 1, initial: 10, max: 10, tolerance: 2 }),
    loop: guard,
    shares: { interactive: 1, batch: 0.5, shadow: 0.1 },
    emit,
    monotonic: clock.monotonic,
  });
  const parts = { emit, clock, admission: isProtected ? admission : undefined };
  const queue = openEffects(effectsSchema.parse({}), parts);
  onTestFinished(() => queue.close());
  return { queue, guard };
}

test('effects wait while timers are later than shadows allow, and run once they are not', async () => {
  const { queue, guard } = open();
  const run = vi.fn();
  guard.observe(6);
  queue.offer({ name: 'note', run });
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  expect(run).not.toHaveBeenCalled();
  guard.observe(4);
  await vi.waitFor(() => expect(run).toHaveBeenCalledOnce());
});

test('without protection effects wait for nothing but the end of the turn', async () => {
  const { queue, guard } = open({ isProtected: false });
  const run = vi.fn();
  guard.observe(1000);
  queue.offer({ name: 'note', run });
  expect(run).not.toHaveBeenCalled();
  await new Promise(setImmediate);
  expect(run).toHaveBeenCalledOnce();
});

test('a stop does not wait for an effect that hangs', async () => {
  const parts = {
    emit: () => {},
    clock: { now: () => 0, monotonic: () => 0 },
    admission: undefined,
  };
  const hanging = openEffects(effectsSchema.parse({ drainMs: 5, timeLimitMs: 60_000 }), parts);
  hanging.offer({ name: 'hang', run: () => new Promise(() => {}) });
  await hanging.close();
});
