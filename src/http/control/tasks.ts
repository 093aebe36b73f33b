import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { trainingOutcomes, trainingPhases, trainingTriggers } from '../../telemetry/fact-values.ts';
import type { RunReport } from '../../training/schedule/run-training.ts';
import type { TrainingTask } from '../../training/schedule/scheduler.ts';
import type { HttpContext } from '../env.ts';
import { parse } from '../errors.ts';
import { isoTime } from '../instant.ts';
import { readJson } from '../json-body.ts';

const secondsSchema = z.number().meta({ description: 'Seconds' });

const reportSchema = z
  .strictObject({
    outcome: z.enum(trainingOutcomes),
    seconds: secondsSchema,
    phases: z.array(z.strictObject({ phase: z.enum(trainingPhases), seconds: secondsSchema })),
    models: z.array(
      z.strictObject({
        name: z.string(),
        outcome: z.enum(['promoted', 'rejected', 'failed']),
        version: z.string().nullable(),
        seconds: secondsSchema,
        reasons: z.array(z.string()).meta({ description: 'Why it was rejected or failed' }),
      }),
    ),
    data: z
      .strictObject({
        hash: z.string().meta({ description: 'Equal data, equal hash' }),
        users: z.int(),
        items: z.int(),
        sessions: z.int(),
        events: z.int(),
      })
      .nullable()
      .meta({ description: 'What was learnt from; null where it could not be loaded' }),
    reason: z.string().nullable().meta({ description: 'What ended the run as a whole' }),
  })
  .meta({ id: 'TrainingReport' });

const taskSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['queued', 'running', 'ended']),
    trigger: z.enum(trainingTriggers),
    models: z
      .array(z.string())
      .nullable()
      .meta({ description: 'The models to train; null is all' }),
    force: z.boolean(),
    asked_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    ended_at: z.iso.datetime().nullable(),
    progress: z
      .strictObject({
        phase: z.enum(trainingPhases),
        model: z.string().nullable(),
        done: z.number().meta({ description: '0 to 1 of one fit' }),
        note: z.string(),
      })
      .nullable()
      .meta({ description: 'Null where it does not run' }),
    report: reportSchema
      .nullable()
      .meta({ description: 'Null until it has ended, and where it never began' }),
  })
  .meta({ id: 'TrainingTask' });

/** The answer of `GET /control/tasks`. */
export const tasksSchema = z.strictObject({
  tasks: z
    .array(taskSchema)
    .meta({ description: 'The one that runs, the next one, and the last ones, newest first' }),
});

/** The answer of what begins or ends a task. */
export const oneTaskSchema = taskSchema;

/** The path parameter of a task. */
export const taskParams = z.object({
  id: z.string().meta({ description: 'An id that `GET /control/tasks` lists' }),
});

/** The body of `POST /control/tasks/train`. */
export const trainBodySchema = z
  .strictObject({
    models: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'Names of models; all where left out' }),
    force: z
      .boolean()
      .default(false)
      .meta({ description: 'Lets what is learnt serve without a look at its quality' }),
  })
  .meta({ id: 'Train' });

/** The training runs that are on, wait or are over. */
export function listTasks({ training }: Gateway): z.output<typeof tasksSchema> {
  return { tasks: training.tasks().map(showTask) };
}

/** Asks for a training run. Throws `SL_NOT_FOUND` for a model that is not declared. */
export async function train(
  gateway: Gateway,
  c: HttpContext,
): Promise<z.output<typeof taskSchema>> {
  const body = parse(trainBodySchema, await readJson(c, gateway.config.http.bodyLimitBytes));
  return showTask(gateway.training.train({ trigger: 'manual', ...body }));
}

/** Ends a training run. Throws `SL_NOT_FOUND` for one that neither runs nor waits. */
export function cancelTask({ training }: Gateway, id: string): z.output<typeof taskSchema> {
  return showTask(training.cancel(id));
}

const timeOrNull = (atMs: number | undefined) => (atMs === undefined ? null : isoTime(atMs));

function showTask(task: TrainingTask): z.output<typeof taskSchema> {
  const { id, state, trigger, models, force = false, progress, report } = task;
  return {
    ...{ id, state, trigger, models: models === undefined ? null : [...models], force },
    asked_at: isoTime(task.askedAtMs),
    started_at: timeOrNull(task.startedAtMs),
    ended_at: timeOrNull(task.endedAtMs),
    progress: progress === undefined ? null : { ...progress, model: progress.model || null },
    report: report === undefined ? null : showReport(report),
  };
}

function showReport({ outcome, seconds, phases, models, data, cause }: RunReport) {
  return {
    ...{ outcome, seconds, phases: [...phases] },
    models: models.map(({ model: name, outcome: own, version = null, reasons, ...rest }) => ({
      ...{ name, outcome: own, version, seconds: rest.seconds, reasons: [...reasons] },
    })),
    data: data === undefined ? null : showData(data),
    reason: cause === undefined ? null : cause instanceof Error ? cause.message : String(cause),
  };
}

function showData({ hash, users, items, sessions, events }: NonNullable<RunReport['data']>) {
  return { hash, users, items, sessions, events };
}
