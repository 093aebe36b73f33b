import type { PanelLink } from '../dashboards/dashboard.ts';

/** A label whose values have a dashboard of their own. */
export type LinkedLabel = 'work' | 'stage' | 'strategy' | 'segment' | 'catalog';

const dashboards: Readonly<Record<LinkedLabel, { readonly title: string; readonly to: string }>> = {
  work: { title: 'Stages of this work', to: 'pipeline-stage' },
  stage: { title: 'This stage', to: 'pipeline-stage' },
  strategy: { title: 'This strategy', to: 'strategy' },
  segment: { title: 'This segment', to: 'segment' },
  catalog: { title: 'This catalogue', to: 'catalog' },
};

/**
 * The value that a label has at the point somebody clicks on.
 *
 * @example pointLabel('stage') // '${__field.labels.stage}'
 */
export function pointLabel(label: string): string {
  return `\${__field.labels.${label}}`;
}

/** Where a point leads to, if its lines are told apart by this label: the dashboard of the label's value. */
export function dashboardLink(label: LinkedLabel): PanelLink {
  const { title, to } = dashboards[label];
  return { title, to: { dashboard: to }, set: { [label]: pointLabel(label) } };
}

/** The traces and log lines of the requests behind a point; a stage has no log lines of its own. */
export function requestLinks(label: LinkedLabel | 'outcome'): PanelLink[] {
  const value = pointLabel(label);
  const traces: PanelLink = {
    title: 'Traces',
    to: 'traces',
    set: { [`sightline.${label}`]: value },
  };
  if (label === 'stage') return [traces];
  return [traces, { title: 'Logs', to: 'logs', set: { [label]: value } }];
}

/** Where a point about requests leads to: the dashboard, the traces and the logs of the label's value. */
export function pointLinks(label: LinkedLabel): PanelLink[] {
  return [dashboardLink(label), ...requestLinks(label)];
}
