import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { createTurns } from '../domain/in-turn.ts';
import type { BuildGeneration } from '../pipeline/generations/build-generation.ts';
import {
  type Comparison,
  compareGenerations,
} from '../pipeline/generations/compare-generations.ts';
import { type Generation, generationId } from '../pipeline/generations/generation.ts';
import type { Generations } from '../pipeline/generations/generations.ts';
import type { GenerationsOptions } from '../pipeline/generations/generations-schema.ts';
import { judgeComparison } from '../pipeline/generations/judge-comparison.ts';
import type { LiveGeneration } from '../pipeline/generations/live-generation.ts';
import type { RequestSample } from '../pipeline/generations/request-sample.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ChangeTrigger } from '../telemetry/fact-values.ts';
import type { Emit } from '../telemetry/facts.ts';
import type {
  IngredientSources,
  Renewal,
  ServingGeneration,
  ServingSettings,
} from './ingredients.ts';
import { renewIngredients } from './ingredients.ts';

/** What shall be different from now on. */
export interface Change extends Omit<Renewal, 'settings'> {
  readonly trigger: ChangeTrigger;
  /** Reads the settings when the change has its turn, undefined for those before; what it throws fails the change. */
  readonly readSettings?: (() => ServingSettings | undefined) | undefined;
  /** Publishes whatever the comparison says. */
  readonly force?: boolean | undefined;
  /** Publishes in no case: the generation waits to be promoted. */
  readonly hold?: boolean | undefined;
}

/** What became of a change. */
export interface ChangeReport {
  readonly outcome: 'published' | 'held' | 'unchanged';
  readonly generation: string;
  /** Why it waits to be promoted; empty where it does not. */
  readonly reasons: readonly string[];
  /** Undefined where nothing could be compared. */
  readonly comparison: Comparison | undefined;
}

/** The one way to a new generation. Changes follow each other: one is built at a time. */
export interface Changes {
  /**
   * Loads what has changed, builds a generation, tries it on recorded requests beside the current one, and publishes it
   * when the gate lets it pass. Throws `SL_GENERATION_FAILED` with the cause, `SL_NOT_FOUND` for a table to reread that
   * is not there, and `SL_GENERATIONS_FULL`; the current generation then goes on serving.
   */
  apply(change: Change): Promise<ChangeReport>;
  /** Publishes a staged or kept generation. Throws `SL_NOT_FOUND` for an id that cannot serve. */
  publish(id: string, trigger: ChangeTrigger): Promise<LiveGeneration<ServingGeneration>>;
}

/** What changes are made with. */
export interface ChangesParts {
  readonly generations: Generations<ServingGeneration>;
  readonly build: BuildGeneration;
  readonly sources: IngredientSources;
  readonly options: GenerationsOptions;
  readonly pipeline: Pipeline;
  readonly sample: RequestSample;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** Makes the way to new generations. */
export function createChanges(parts: ChangesParts): Changes {
  const { generations, clock, emit } = parts;
  const inTurn = createTurns();
  return {
    apply: (change) =>
      inTurn(async () => {
        const startedAt = clock.monotonic();
        const tell = (outcome: ChangeReport['outcome'] | 'failed', report?: ChangeReport) =>
          emit('generation.changed', {
            trigger: change.trigger,
            outcome,
            generation: report?.generation ?? '',
            seconds: (clock.monotonic() - startedAt) / 1000,
            reasons: report?.reasons ?? [],
          });
        try {
          const report = await applyOne(change, parts);
          tell(report.outcome, report);
          return report;
        } catch (cause) {
          tell('failed');
          throw cause;
        }
      }),
    publish: (id, trigger) =>
      inTurn(() => {
        const live = generations.find(id);
        if (live === undefined) throw unknown(id, generations);
        generations.publish(live);
        emit('generation.changed', {
          ...{ trigger, outcome: 'published', generation: id },
          ...{ seconds: 0, reasons: [] },
        });
        return live;
      }),
  };
}

async function applyOne(change: Change, parts: ChangesParts): Promise<ChangeReport> {
  const { generations, build, sources, options, clock, emit } = parts;
  const { trigger, force = false, hold = false } = change;
  const before = generations.current.generation;
  const inPhase = async <Result>(
    phase: 'load' | 'build' | 'compare',
    work: () => Result | Promise<Result>,
  ): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      emit('generation.failed', { trigger, phase, cause });
      throw failed(phase, cause);
    }
  };
  generations.assertRoom();
  const ingredients = await inPhase('load', () =>
    renewIngredients(before, { ...change, settings: change.readSettings?.() }, sources),
  );
  const known = generations.find(generationId(ingredients));
  // One that waits is judged anew: the gate may have held it back.
  if (known !== undefined && known.state !== 'staged') {
    await ingredients.release();
    return takeUp(known, generations, hold);
  }
  const tryOut = async () => {
    const generation = await inPhase('build', () => build(ingredients));
    const comparison = await inPhase('compare', () => compare(before, generation, parts));
    return { generation, comparison };
  };
  const { generation, comparison } = await tryOut().catch(async (cause) => {
    await ingredients.release();
    throw cause;
  });
  const found = comparison === undefined ? [] : judgeComparison(comparison, options.gate);
  const reasons = hold ? [onRequest, ...found] : force ? [] : found;
  const origin = { trigger, builtAtMs: clock.now(), comparison, heldBack: reasons };
  const live = generations.stage(generation, origin);
  if (reasons.length === 0) generations.publish(live);
  const outcome = reasons.length === 0 ? 'published' : 'held';
  return { outcome, generation: generation.id, reasons, comparison };
}

const onRequest = 'it shall wait';

/** What a change comes to that leads to a generation which serves or has served. */
function takeUp(
  known: LiveGeneration<ServingGeneration>,
  generations: Generations<ServingGeneration>,
  hold: boolean,
): ChangeReport {
  const { comparison } = known.origin;
  const isCurrent = known === generations.current;
  if (!isCurrent && !hold) generations.publish(known);
  const outcome = isCurrent ? 'unchanged' : hold ? 'held' : 'published';
  const reasons = outcome === 'held' ? [onRequest] : [];
  return { outcome, generation: known.generation.id, reasons, comparison };
}

/** Comparing is also what warms the new generation. */
function compare(
  before: Generation,
  after: Generation,
  { pipeline, clock, sample }: ChangesParts,
): Promise<Comparison | undefined> {
  return compareGenerations(before, after, { pipeline, clock, sample: sample.taken() });
}

function failed(phase: string, cause: unknown): SightlineError {
  if (cause instanceof SightlineError && cause.code === 'SL_NOT_FOUND') return cause;
  const { message } = cause as Error;
  const mistakes = cause instanceof SightlineError ? cause.mistakes : [];
  return new SightlineError(
    'SL_GENERATION_FAILED',
    `generation failed in phase ${phase}: ${message}`,
    { cause, mistakes },
  );
}

function unknown(id: string, generations: Generations): SightlineError {
  const ids = generations
    .all()
    .filter(({ state }) => state !== 'draining')
    .map(({ generation }) => generation.id);
  const message = `generation is ${id.slice(0, 40)}, expected one of ${ids.join(', ')}`;
  return new SightlineError('SL_NOT_FOUND', message);
}

/** The top-level keys of a configuration that differ and hold only from the next start on. */
export function needingRestart(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  changeable: readonly string[],
): readonly string[] {
  return Object.keys(after).filter(
    (key) => !changeable.includes(key) && !isDeepStrictEqual(before[key], after[key]),
  );
}
