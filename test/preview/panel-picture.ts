import type { Panel } from '../../src/provisioning/dashboards/dashboard.ts';
import type { Point, QueryAnswer, Series, Window } from './answers.ts';
import { lineColour } from './palette.ts';
import type { Box } from './svg.ts';

/** What a panel is drawn from. */
export interface PanelPicture {
  readonly panel: Panel;
  /** In the order of the queries. */
  readonly answers: readonly QueryAnswer[];
  readonly window: Window;
  readonly marks: readonly DrawnMark[];
}

/** A moment that is marked. */
export interface DrawnMark {
  readonly atSeconds: number;
  readonly colour: string;
}

/** Draws the inside of a panel, under its title. */
export type PanelDrawer = (picture: PanelPicture, box: Box) => string;

/** A series with its name and colour. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
}

/** The lines of a panel under the names of its legends, in the order of the answers. */
export function linesOf({ panel, answers }: PanelPicture): Line[] {
  return answers
    .flatMap(({ series }, q) =>
      series.map((one) => ({ name: nameOf(one, panel.queries[q]?.legend), points: one.points })),
    )
    .map((line, n) => ({ ...line, colour: lineColour(n) }));
}

/**
 * The name of a series: its legend filled in, else its labels.
 *
 * @example nameOf({ metric: { stage: 'score' }, points: [] }, '{{stage}} p50') // 'score p50'
 */
export function nameOf({ metric }: Series, legend?: string): string {
  if (legend !== undefined) {
    return legend
      .replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => metric[name] ?? '')
      .trim();
  }
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__');
  return labels.length === 0 ? 'Value' : labels.map(([, value]) => value).join(' ');
}
