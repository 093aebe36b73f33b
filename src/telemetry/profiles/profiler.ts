import { setTimeout as elapse } from 'node:timers/promises';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Emit } from '../facts.ts';
import { cpuProfile } from './cpu-profile.ts';
import { allocationProfile, heapProfile } from './heap-profile.ts';
import { type InspectedThread, openInspectedThreads } from './inspected-threads.ts';
import { encodePprof, type ThreadSamples } from './pprof.ts';
import type { ProfileKind } from './profile-kind.ts';

const kinds = {
  cpu: cpuProfile,
  heap: () => heapProfile,
  allocations: () => allocationProfile,
} satisfies Record<string, (intervalMs: number) => ProfileKind>;

/** A kind of profile that can be asked for. */
export type ProfileType = keyof typeof kinds;
export const profileTypes = Object.keys(kinds) as ProfileType[];

/** Which profile is asked for. */
export interface ProfileRequest {
  readonly type: ProfileType;
  readonly seconds: number;
  /** Time between two samples of a `cpu` profile; 1 by default. */
  readonly intervalMs?: number;
  /** Ends the sampling early: nobody waits for the profile any more. */
  readonly signal?: AbortSignal;
}

/** Takes profiles of this process, one at a time. */
export interface Profiler {
  /** Seconds until the profile that is being taken is done; 0 when there is none. */
  secondsLeft(): number;
  /**
   * Samples the calling thread and its workers, and answers a gzip pprof. A worker that does not answer, or begins or ends
   * meanwhile, is left out. Rejects with `SL_PROFILE_RUNNING` while another one is taken, and with `SL_CLIENT_GONE` when
   * the signal ends it.
   */
  take(request: ProfileRequest): Promise<Uint8Array>;
}

/**
 * Makes the profiler of a process, on V8's own sampling. Costs nothing while no profile is taken.
 *
 * @example
 * const bytes = await createProfiler({ emit, clock }).take({ type: 'cpu', seconds: 10 });
 * writeFileSync('cpu.pb.gz', bytes); // go tool pprof -top cpu.pb.gz
 */
export function createProfiler({ emit, clock }: { emit: Emit; clock: Clock }): Profiler {
  let endsAt: number | undefined;
  const secondsLeft = () =>
    endsAt === undefined ? 0 : Math.max(1, (endsAt - clock.monotonic()) / 1000);
  return {
    secondsLeft,
    async take(request) {
      if (endsAt !== undefined) {
        const message = 'a profile is being taken, expected one at a time';
        throw new SightlineError('SL_PROFILE_RUNNING', message);
      }
      const startedAt = clock.monotonic();
      endsAt = startedAt + 1000 * request.seconds;
      let outcome: 'done' | 'cancelled' | 'failed' = 'failed';
      try {
        const bytes = await takeProfile(request, clock);
        outcome = 'done';
        return bytes;
      } catch (cause) {
        if (!request.signal?.aborted) throw cause;
        outcome = 'cancelled';
        throw new SightlineError('SL_CLIENT_GONE', 'profile was given up by its client', { cause });
      } finally {
        endsAt = undefined;
        const seconds = (clock.monotonic() - startedAt) / 1000;
        emit('profile.taken', { type: request.type, seconds, outcome });
      }
    },
  };
}

async function takeProfile(
  { type, intervalMs = 1, ...window }: ProfileRequest,
  clock: Clock,
): Promise<Uint8Array> {
  const kind = kinds[type](intervalMs);
  const startedAtMs = clock.now();
  const startedAt = clock.monotonic();
  const threads = await sampleThreads(kind, window);
  const durationMs = clock.monotonic() - startedAt;
  return encodePprof({ ...kind, startedAtMs, durationMs }, threads);
}

async function sampleThreads(
  kind: ProfileKind,
  { seconds, signal }: Pick<ProfileRequest, 'seconds' | 'signal'>,
): Promise<readonly ThreadSamples[]> {
  const threads = await openInspectedThreads();
  try {
    const started = await answersOf(threads.all, async (thread) => {
      await kind.start(thread);
      return thread;
    });
    await elapse(1000 * seconds, undefined, { ...(signal && { signal }) });
    return await answersOf(started, async (thread) => {
      return { thread: thread.name, samples: await kind.stop(thread) };
    });
  } finally {
    threads.close();
  }
}

/** The answers of the threads that answered; the first one must. */
async function answersOf<Answer>(
  threads: readonly InspectedThread[],
  ask: (thread: InspectedThread) => Promise<Answer>,
): Promise<Answer[]> {
  const asked = await Promise.allSettled(threads.map(ask));
  if (asked[0].status === 'rejected') throw asked[0].reason;
  return asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
