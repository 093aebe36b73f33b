import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { Generation } from './generation.ts';
import type { GenerationsOptions } from './generations-schema.ts';
import { LiveGeneration, type Origin } from './live-generation.ts';

/** The generations in memory, and the pointer to the one that serves. */
export interface Generations<Made extends Generation = Generation> {
  /** Serves from the next request on; a request holds it. */
  readonly current: LiveGeneration<Made>;
  /** Current first, then staged, kept (last one first) and draining ones. */
  all(): readonly LiveGeneration<Made>[];
  /** The one with an id that can serve: current, staged or kept. */
  find(id: string): LiveGeneration<Made> | undefined;
  /** Whether one more has room. Throws `SL_GENERATIONS_FULL` when it has none. */
  assertRoom(): void;
  /** Takes in a generation that waits; one that waited before it is let go. */
  stage(generation: Made, origin: Origin): LiveGeneration<Made>;
  /** Makes a staged or kept generation the current one. */
  publish(live: LiveGeneration<Made>): void;
  /** Lets all of them go, without waiting for requests. */
  close(): Promise<void>;
}

/** What generations follow each other by, and whom they tell. */
export interface GenerationsParts<Made extends Generation> {
  readonly options: GenerationsOptions;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Told of each generation that becomes current, the first one excepted. */
  readonly onPublished?: ((generation: Made) => void) | undefined;
  readonly schedule?: Schedule;
}

/**
 * Begins with a first generation, which serves at once. Requests stay in the generation that they began with: a former
 * one is let go when its last request has left it and it is no longer kept to roll back to.
 */
export function createGenerations<Made extends Generation>(
  first: { readonly generation: Made; readonly origin: Origin },
  parts: GenerationsParts<Made>,
): Generations<Made> {
  const { options, clock, emit, onPublished, schedule = systemSchedule } = parts;
  let staged: LiveGeneration<Made> | undefined;
  let kept: LiveGeneration<Made>[] = [];
  const draining = new Map<LiveGeneration<Made>, () => void>();

  const waiting = () => (staged === undefined ? [] : [staged]);
  const release = (live: LiveGeneration<Made>) => {
    draining.get(live)?.();
    if (!draining.delete(live)) return;
    live.generation
      .release()
      .catch((cause) => emit('server.failed', { code: 'SL_INTERNAL', cause }));
    tell();
  };
  const drain = (live: LiveGeneration<Made>) => {
    live.state = 'draining';
    draining.set(
      live,
      schedule(options.maxDrainSeconds * 1000, () => release(live)),
    );
    live.whenIdle(() => release(live));
  };
  const tell = () =>
    emit('generations.changed', {
      kept: kept.length,
      staged: waiting().length,
      draining: draining.size,
    });
  const announce = ({ generation, origin: { trigger } }: LiveGeneration<Made>) => {
    const { id, works, models } = generation;
    emit('generation.published', {
      generation: id,
      trigger,
      works: works.size,
      models: models.size,
    });
    tell();
  };
  const serve = (live: LiveGeneration<Made>) => {
    live.state = 'current';
    live.publishedAtMs = clock.now();
    return live;
  };
  let current = serve(new LiveGeneration(first.generation, first.origin));
  announce(current);
  return {
    get current() {
      return current;
    },
    all: () => [current, ...waiting(), ...kept, ...draining.keys()],
    find: (id) => [current, ...waiting(), ...kept].find(({ generation }) => generation.id === id),
    assertRoom() {
      // One that waits makes room for the next, and one that is no longer kept drains.
      const live = 1 + kept.length + draining.size;
      if (live < options.maxLive) return;
      const message = `${live} generations are in memory, expected less than ${options.maxLive}`;
      throw new SightlineError('SL_GENERATIONS_FULL', message);
    },
    stage(generation, origin) {
      if (staged !== undefined) drain(staged);
      staged = new LiveGeneration(generation, origin);
      tell();
      return staged;
    },
    publish(live) {
      if (live === current) return;
      if (live === staged) staged = undefined;
      kept = kept.filter((other) => other !== live);
      const former = current;
      former.state = 'kept';
      current = serve(live);
      kept.unshift(former);
      for (const old of kept.splice(options.keep)) drain(old);
      announce(current);
      onPublished?.(current.generation);
    },
    async close() {
      for (const cancel of draining.values()) cancel();
      const all = [current, ...waiting(), ...kept, ...draining.keys()];
      await Promise.all(all.map(({ generation }) => generation.release()));
    },
  };
}
