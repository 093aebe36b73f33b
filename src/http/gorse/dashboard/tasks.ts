import { z } from 'zod';
import type { Gateway } from '../../../gateway.ts';
import type { TrainingTask } from '../../../training/schedule/scheduler.ts';
import { isoTime } from '../../instant.ts';

/** The answer of `GET /api/dashboard/tasks`. */
export const tasksSchema = z.array(
  z
    .strictObject({
      Tracer: z.string(),
      Name: z.string(),
      Status: z.enum(['Pending', 'Running', 'Complete', 'Suspended', 'Failed']),
      Error: z.string(),
      Count: z.int().meta({ description: 'Hundredths of the fit that is on' }),
      Total: z.int(),
      StartTime: z.string(),
      FinishTime: z.string(),
    })
    .meta({ id: 'GorseTask', description: 'A training run' }),
);

type Task = z.output<typeof tasksSchema>[number];

const never = '0001-01-01T00:00:00Z';
const hundredths = 100;

/** The training runs, in the words of Gorse. */
export function showTasks({ training }: Gateway): Task[] {
  return training.tasks().map((task) => ({
    Tracer: 'sightline',
    Name: `train ${task.models?.join(', ') ?? 'all models'} (${task.id})`,
    ...{ Status: statusOf(task), Error: errorOf(task), Total: hundredths },
    Count:
      task.state === 'ended' ? hundredths : Math.floor((task.progress?.done ?? 0) * hundredths),
    StartTime: task.startedAtMs === undefined ? never : isoTime(task.startedAtMs),
    FinishTime: task.endedAtMs === undefined ? never : isoTime(task.endedAtMs),
  }));
}

function statusOf({ state, report }: TrainingTask): Task['Status'] {
  if (state === 'queued') return 'Pending';
  if (state === 'running') return 'Running';
  if (report?.outcome === 'cancelled') return 'Suspended';
  return report?.outcome === 'failed' ? 'Failed' : 'Complete';
}

function errorOf({ report }: TrainingTask): string {
  const failed = report?.models.flatMap(({ model, reasons }) =>
    reasons.map((reason) => `${model}: ${reason}`),
  );
  return failed?.join('; ') ?? '';
}
