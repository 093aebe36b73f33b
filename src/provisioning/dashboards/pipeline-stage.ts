import { createContext, type DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { heatmap, logs, timeseries, traces } from '../panels/panels.ts';
import { pointLinks } from '../panels/point-links.ts';
import { boundQueries, leastBoundMs } from '../panels/stage-bounds.ts';
import { storePanels } from '../panels/store-panels.ts';
import { candidateRow, componentRow } from '../rows/candidate-rows.ts';
import { stageOutcomeRow } from '../rows/stage-outcome-row.ts';
import type { Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const where = { work: '=~$work', stage: '=~$stage' } as const;

/** What a stage does: its time, how it ends, its candidates, components and stores, and requests to look at. */
export const pipelineStage: DashboardMaker = (definition) => {
  const context = createContext(definition);
  return {
    key: 'pipeline-stage',
    title: 'Pipeline stage',
    description:
      'What the stages of the pipeline do: how long they take, how they end, what they pass on.',
    variables: [context.variables.work, context.variables.stage],
    rows: [
      time(context),
      stageOutcomeRow(context),
      candidateRow(context),
      componentRow(context),
      { title: 'Stores', panels: line(...storePanels(context)) },
      examples(context),
    ],
  };
};

function time(context: DashboardContext): Row {
  const { q } = context;
  return {
    title: 'Time',
    panels: line(
      heatmap({
        key: 'distribution',
        title: 'Distribution of stage latency',
        description:
          'How many runs of the chosen stages took how long. A second band above the first is a part of the requests that waits for something; its diamonds open as traces.',
        unit: 's',
        queries: [
          {
            expr: q.buckets('stage_duration_seconds', { where }),
            legend: '{{le}}',
            hasExemplars: true,
          },
        ],
      }),
      timeseries({
        key: 'latency',
        title: 'Stage latency',
        description:
          'Half and 99 % of the runs of a stage end within this; p99 should stay under the budget and what is promised, drawn as lines. Components says which part takes the time.',
        unit: 's',
        min: 0,
        queries: [
          ...[0.5, 0.99].map((quantile) => ({
            expr: q.quantile(quantile, 'stage_duration_seconds', { where, by: ['stage'] }),
            legend: `{{stage}} p${quantile * 100}`,
            hasExemplars: true as const,
          })),
          ...boundQueries(context),
        ],
        links: pointLinks('stage'),
      }),
    ),
  };
}

function examples({ definition }: DashboardContext): Row {
  const { service } = definition;
  const slowMs = leastBoundMs(definition);
  const ofService = `resource.service.name = "${service}"`;
  return {
    title: 'Requests to look at',
    panels: line(
      traces({
        key: 'slow-traces',
        title: 'Slow traces',
        description: `Requests for the chosen works in which a chosen stage took over ${slowMs} ms, the least time that any stage is given. The longest span says what was waited for.`,
        unit: 'none',
        queries: [
          {
            expr: `{ ${ofService} && span.sightline.work =~ "${pipe('work')}" } >> { span.sightline.stage =~ "${pipe('stage')}" && duration > ${slowMs}ms }`,
            source: 'tempo',
          },
        ],
        mayBeEmpty: 'while no stage is slow',
      }),
      logs({
        key: 'logs',
        title: 'Degraded and failed requests',
        description:
          'Log lines of requests for the chosen works that were degraded or failed: reasons, times of all stages and the trace id are in the line.',
        unit: 'none',
        queries: [
          {
            expr: `{service_name="${service}"} | json | msg="request" | level=~"warn|error" | work=~"${pipe('work')}"`,
            source: 'loki',
          },
        ],
        mayBeEmpty: 'while every request is answered as asked',
      }),
    ),
  };
}

/** Several values of a variable as an expression: Tempo and Loki do not choose this form in every version. */
const pipe = (variable: string) => `\${${variable}:pipe}`;
