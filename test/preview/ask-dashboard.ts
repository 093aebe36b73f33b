import type { Dashboard, Panel, Query } from '../../src/provisioning/dashboards/dashboard.ts';
import type { Mark } from '../../src/provisioning/grafana/annotations.ts';
import {
  answerKey,
  type Chosen,
  type DashboardAnswers,
  type Point,
  type QueryAnswer,
  type Window,
} from './answers.ts';
import { fillVariables } from './fill-variables.ts';
import type { PrometheusQuestions } from './prometheus-questions.ts';

/** What a dashboard is asked with. */
export interface Asking {
  readonly questions: PrometheusQuestions;
  readonly window: Window;
  readonly scrapeSeconds: number;
  readonly annotations: readonly Mark[];
  /** Values of variables; everything is chosen in the others. */
  readonly chosen: Chosen;
}

/** Slots of the window of which the highest exemplar of a query is kept. */
const exemplarSlots = 60;

/** Asks every query of a dashboard; a row that is repeated is asked for each chosen value of its variable. */
export async function askDashboard(
  dashboard: Dashboard,
  { questions, window, scrapeSeconds, annotations, chosen }: Asking,
): Promise<DashboardAnswers> {
  const built = builtIn(window, scrapeSeconds);
  const everything = new Map(built);
  for (const { name } of dashboard.variables) {
    everything.set(name, chosen[name]?.join('|') ?? '.*');
  }
  const panels: Record<string, readonly QueryAnswer[]> = {};
  for (const { repeat, panels: asked } of dashboard.rows) {
    for (const value of repeat === undefined ? [undefined] : (chosen[repeat] ?? [])) {
      const variables = new Map(everything);
      if (repeat !== undefined && value !== undefined) variables.set(repeat, value);
      for (const panel of asked) {
        panels[answerKey(panel.key, value)] = await askPanel(panel, variables);
      }
    }
  }
  return { window, chosen, panels, marks: await askMarks() };

  function askPanel({ queries, shape }: Panel, variables: ReadonlyMap<string, string>) {
    const isNow = shape === 'table' || shape === 'alerts';
    return Promise.all(
      queries.map((query) =>
        askQuery(query, { variables, isNow: isNow || query.isInstant === true }),
      ),
    );
  }

  async function askQuery(
    { expr, source = 'prometheus', hasExemplars }: Query,
    { variables, isNow }: { variables: ReadonlyMap<string, string>; isNow: boolean },
  ): Promise<QueryAnswer> {
    if (source !== 'prometheus') return { series: [], exemplars: [] };
    const query = fillVariables(expr, variables);
    const series = await (isNow ? questions.instant(query) : questions.range(query));
    const exemplars = hasExemplars && !isNow ? await questions.exemplars(query) : [];
    return { series, exemplars: highest(exemplars, window) };
  }

  async function askMarks(): Promise<DashboardAnswers['marks']> {
    const marks: Record<string, number[]> = {};
    for (const { name, expr } of annotations) {
      const found = await questions.range(fillVariables(expr, built));
      marks[name] = found.flatMap(({ points }) => beginnings(points, window.step));
    }
    return marks;
  }
}

/** What Grafana knows by itself; the window of rates is at least four scrapes. */
function builtIn({ from, to, step }: Window, scrapeSeconds: number): Map<string, string> {
  return new Map([
    ['__rate_interval', `${Math.max(step + scrapeSeconds, 4 * scrapeSeconds)}s`],
    ['__interval', `${step}s`],
    ['__range', `${to - from}s`],
    ['job', '.+'],
    ['instance', '.+'],
  ]);
}

/** Where runs of neighbouring points begin: Grafana makes one mark of a run. */
function beginnings(points: readonly Point[], step: number): number[] {
  return points.flatMap(([at], p) => (p === 0 || at - points[p - 1][0] > step * 1.5 ? [at] : []));
}

/** The highest point of each slot of a window. */
function highest(points: readonly Point[], { from, to }: Window): Point[] {
  const slots = new Map<number, Point>();
  for (const point of points) {
    const slot = Math.floor(((point[0] - from) / (to - from)) * exemplarSlots);
    if (point[1] > (slots.get(slot)?.[1] ?? 0)) slots.set(slot, point);
  }
  return [...slots.values()];
}
