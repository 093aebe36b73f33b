import type { Clock } from '../../domain/clock.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { Admission } from './admission.ts';
import { GradientLimit } from './gradient-limit.ts';
import { LoopGuard } from './loop-guard.ts';
import type { Protection } from './protection-schema.ts';

/** The longest time between two looks at the event loop, in milliseconds. */
const longestLookMs = 20;
/** Time between two facts about the limit. */
const tellEveryMs = 1000;

/** Admission with the timer that watches the event loop. */
export interface OpenAdmission {
  readonly admission: Admission;
  close(): void;
}

/** Opens the door of recommend; undefined where the configuration takes in whatever comes. */
export function openAdmission(
  protection: Protection,
  { emit, clock }: { readonly emit: Emit; readonly clock: Clock },
): OpenAdmission | undefined {
  if (!protection.enabled) return undefined;
  const { concurrency, eventLoopMs: boundMs, shares } = protection;
  const monotonic = () => clock.monotonic();
  const loop = new LoopGuard({ boundMs, monotonic, afterTurn: setImmediate });
  const limit = new GradientLimit(concurrency);
  const admission = new Admission({ limit, loop, shares, emit, monotonic });
  const tell = () =>
    emit('admission.measured', { limit: limit.limit, inFlight: admission.takeMostInFlight() });
  tell();
  const lookMs = Math.min(longestLookMs, Math.max(1, boundMs / 4));
  const timer = watchLoop(loop, { monotonic, lookMs, tell });
  return { admission, close: () => clearInterval(timer) };
}

/** Tells the guard how late a timer is that should come every `lookMs`. */
function watchLoop(
  loop: LoopGuard,
  options: {
    readonly monotonic: () => number;
    readonly lookMs: number;
    readonly tell: () => void;
  },
): NodeJS.Timeout {
  const { monotonic, lookMs, tell } = options;
  let lookedAt = monotonic();
  let toldAt = lookedAt;
  const look = () => {
    const now = monotonic();
    loop.observe(Math.max(0, now - lookedAt - lookMs));
    lookedAt = now;
    if (now - toldAt < tellEveryMs) return;
    toldAt = now;
    tell();
  };
  return setInterval(look, lookMs).unref();
}
