import type { Annotation, Threshold } from '../dashboards/dashboard.ts';
import { dashboardScope } from '../queries/scopes.ts';
import type { GrafanaContext } from './context.ts';

/** A mark on the panels of a dashboard, with a switch above them. */
export interface Mark {
  readonly name: string;
  readonly expr: string;
  readonly colour: Threshold['colour'];
  readonly title: string;
  readonly text: string;
  /** Labels that are shown as tags. */
  readonly tags: readonly string[];
}

/** The annotations of every dashboard: those of the context and the alerts that fired. */
export function marksOf({ annotations, definition }: GrafanaContext): Mark[] {
  const [job, , ...environment] = dashboardScope(definition).matchers;
  // The watchdog, of severity none, always fires.
  const matchers = ['alertstate="firing"', 'severity!="none"', job, ...environment];
  return [
    ...annotations.map(markOf),
    {
      name: 'Alerts',
      expr: `ALERTS{${matchers.join(', ')}}`,
      colour: 'orange',
      title: '{{alertname}}',
      text: '{{work}} {{stage}}',
      tags: ['severity'],
    },
  ];
}

function markOf({ name, expr, colour, title, text }: Annotation): Mark {
  return { name, expr, colour, title, text, tags: [] };
}

/** The notes that people write in Grafana: every dashboard has them, without a switch. */
export const notes = { name: 'Annotations & Alerts', uid: '-- Grafana --' } as const;

/** The colour that Grafana gives notes. */
export const noteColour = 'rgba(0, 211, 255, 1)';
