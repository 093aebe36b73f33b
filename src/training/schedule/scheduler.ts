import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { TrainingTrigger } from '../../telemetry/fact-values.ts';
import { createImportWatch } from './import-watch.ts';
import type { RunProgress, RunReport } from './run-training.ts';

/** What is asked of a scheduler. */
export interface TrainingRequest {
  readonly trigger: TrainingTrigger;
  /** Names of models; undefined is all. */
  readonly models?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
}

/** A run that waits, is on, or is over. */
export interface TrainingTask extends TrainingRequest {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'ended';
  readonly askedAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** Undefined where it does not run. */
  readonly progress: RunProgress | undefined;
  /** Undefined until it has ended, and where it was cancelled before it began. */
  readonly report: RunReport | undefined;
}

/** Runs one training at a time. */
export interface Scheduler {
  /** Asks for a run. While one is on, all that is asked becomes one next run; with force only where all asked for it. */
  train(request: TrainingRequest): TrainingTask;
  /** Counts new events, which may be reason enough to train. */
  note(events: number): void;
  /**
   * Says that an import begins. Its end is told with the rows that it brought: when no import is under way for a second
   * and some brought rows, it is trained, unless `onImport` is false.
   */
  importing(): (rows: number) => void;
  /** The run that is on, the next one, and the last ones, newest first. */
  tasks(): readonly TrainingTask[];
  /** Ends a run, or takes one back that waits. Throws `SL_NOT_FOUND` for one that does neither. */
  cancel(id: string): TrainingTask;
  /** Resolves when nothing runs or waits. */
  settled(): Promise<void>;
  /** Ends what runs and takes no more. */
  close(): Promise<void>;
}

/** What a scheduler is made with. */
export interface SchedulerOptions {
  /** Never rejects. */
  readonly run: (
    task: TrainingTask,
    tools: { readonly signal: AbortSignal; readonly onProgress: (progress: RunProgress) => void },
  ) => Promise<RunReport>;
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** Undefined: the timer is off. */
  readonly everyHours?: number | undefined;
  /** Undefined: events set nothing off. */
  readonly onEvents?: number | undefined;
  /** Whether the end of an import sets training off. */
  readonly onImport?: boolean | undefined;
  /** Models that never learnt as there was too little to learn from: they try again after 100 events, 200 more and so on. */
  readonly unlearnt?: (() => readonly string[]) | undefined;
  /** Epoch milliseconds of the last training before this process, for the timer. */
  readonly lastTrainedAtMs?: number | undefined;
}

/** Runs that are remembered. */
const keptRuns = 20;
const hourMs = 3_600_000;
/** Events after which what never learnt tries for the first time. */
const firstTry = 100;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Makes a scheduler with four triggers: the timer, new events, imports, and whoever calls `train`. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const {
    run,
    clock,
    schedule,
    everyHours,
    onEvents = Number.POSITIVE_INFINITY,
    onImport = true,
  } = options;
  let running: { task: Mutable<TrainingTask>; stop: AbortController } | undefined;
  let queued: Mutable<TrainingTask> | undefined;
  let ended: TrainingTask[] = [];
  let settled: Promise<void> = Promise.resolve();
  let events = 0;
  let untried = 0;
  let nextTry = firstTry;
  let isClosed = false;
  let disarm = () => {};

  const arm = (lastAtMs: number) => {
    disarm();
    if (everyHours === undefined || isClosed) return;
    disarm = schedule(lastAtMs + everyHours * hourMs - clock.now(), () =>
      train({ trigger: 'timer' }),
    );
  };
  const remember = (task: TrainingTask) => {
    ended = [task, ...ended].slice(0, keptRuns);
  };
  const start = async (task: Mutable<TrainingTask>): Promise<void> => {
    const stop = new AbortController();
    running = { task, stop };
    Object.assign(task, { state: 'running', startedAtMs: clock.now() });
    task.report = await run(task, {
      signal: stop.signal,
      onProgress: (progress) => {
        task.progress = progress;
      },
    });
    Object.assign(task, { state: 'ended', endedAtMs: clock.now(), progress: undefined });
    running = undefined;
    remember(task);
    arm(clock.now());
    const next = queued;
    queued = undefined;
    if (next !== undefined && !isClosed) await start(next);
  };
  const train = (request: TrainingRequest): TrainingTask => {
    if (isClosed) throw new SightlineError('SL_SHUTTING_DOWN', 'training is closed');
    if (running !== undefined && queued !== undefined) {
      Object.assign(queued, merge(queued, request));
      return queued;
    }
    const task = taskOf(request, clock.now());
    if (running !== undefined) queued = task;
    else settled = start(task);
    return { ...task };
  };
  const imports = createImportWatch(schedule, () => {
    if (!isClosed) train({ trigger: 'import' });
  });
  /** Lets models that never learnt try, each time after twice as many events. */
  const tryUnlearnt = () => {
    if (untried < nextTry || imports.areOn()) return;
    untried = 0;
    nextTry *= 2;
    const models = options.unlearnt?.() ?? [];
    if (models.length > 0) train({ trigger: 'import', models });
  };
  arm(options.lastTrainedAtMs ?? clock.now());
  return {
    train,
    note(count) {
      events += count;
      untried += count;
      if (isClosed) return;
      if (events < onEvents) {
        tryUnlearnt();
        return;
      }
      events = 0;
      train({ trigger: 'import' });
    },
    importing: onImport ? imports.begin : () => () => {},
    tasks: () =>
      [running?.task, queued, ...ended].flatMap((task) => (task === undefined ? [] : { ...task })),
    cancel(id) {
      if (running?.task.id === id) {
        running.stop.abort(cancelled());
        return { ...running.task };
      }
      if (queued?.id !== id) throw unknownTask(id);
      const task: TrainingTask = { ...queued, state: 'ended', endedAtMs: clock.now() };
      queued = undefined;
      remember(task);
      return task;
    },
    settled: () => settled,
    async close() {
      isClosed = true;
      disarm();
      imports.close();
      queued = undefined;
      running?.stop.abort(cancelled());
      await settled;
    },
  };
}

function taskOf(request: TrainingRequest, askedAtMs: number): Mutable<TrainingTask> {
  return {
    ...request,
    ...{ id: randomUUID().slice(0, 8), state: 'queued', askedAtMs },
    ...{ startedAtMs: undefined, endedAtMs: undefined, progress: undefined, report: undefined },
  };
}

function merge(one: TrainingRequest, other: TrainingRequest): Partial<TrainingRequest> {
  const models =
    one.models === undefined || other.models === undefined
      ? undefined
      : [...new Set([...one.models, ...other.models])];
  return { models, force: one.force === true && other.force === true };
}

const cancelled = () => new SightlineError('SL_TRAINING_FAILED', 'training was cancelled');

function unknownTask(id: string): SightlineError {
  const message = `task is ${id.slice(0, 40)}, expected one that runs or waits`;
  return new SightlineError('SL_NOT_FOUND', message);
}
