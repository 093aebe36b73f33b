import type {
  Annotation,
  Dashboard,
  Panel,
  Shape,
} from '../../../src/provisioning/dashboards/dashboard.ts';
import type { GrafanaContext } from '../../../src/provisioning/grafana/context.ts';
import { exampleDefinition } from '../example-definition.ts';

const place = 'job=~"$job", instance=~"$instance"';

/** PromQL of requests a second, as the dashboards ask for it. */
export const requests = `sum by (work) (rate(sightline_request_duration_seconds_count{${place}, work=~"$work"}[$__rate_interval]))`;

/** A panel that asks for requests, with what a test says differently. */
export function examplePanel(different: Partial<Panel> = {}): Panel {
  return {
    key: 'requests',
    title: 'Requests',
    description: 'Requests a second by work.',
    shape: 'timeseries',
    unit: 'reqps',
    width: 8,
    height: 8,
    queries: [{ expr: requests, legend: '{{work}}' }],
    ...different,
  };
}

/** A dashboard of one open row with these panels. */
export function dashboardWith(
  panels: readonly Panel[],
  different: Partial<Dashboard> = {},
): Dashboard {
  const values = { selector: `sightline_request_duration_seconds_count{${place}}`, label: 'work' };
  return {
    key: 'example',
    title: 'Example',
    description: 'Panels of a test.',
    variables: [{ name: 'work', label: 'Work', values }],
    rows: [{ title: 'Row', panels }],
    ...different,
  };
}

const shapes: readonly Shape[] = [
  ...(['timeseries', 'stat', 'gauge', 'bars', 'heatmap', 'table'] as const),
  ...(['timeline', 'traces', 'logs', 'alerts', 'text'] as const),
];

const queriesOf: Partial<Record<Shape, Panel['queries']>> = {
  traces: [{ expr: '{ resource.service.name = "sightline" }', source: 'tempo' }],
  logs: [{ expr: '{service_name="sightline"} | json', source: 'loki' }],
  alerts: [{ expr: `ALERTS{${place}, alertstate="firing"}` }],
  text: [],
};

/** A dashboard with a panel of every shape: in an open row, in one that is closed and in one that is repeated. */
export function exampleDashboard(): Dashboard {
  const panelsOf = (row: string) =>
    shapes.map((shape) =>
      examplePanel({
        key: `${row}-${shape}`,
        title: `The ${shape}`,
        shape,
        queries: queriesOf[shape] ?? [{ expr: requests, legend: '{{work}}', hasExemplars: true }],
        ...(shape === 'text' ? { text: '# Read "this"' } : {}),
      }),
    );
  return dashboardWith([], {
    key: 'every-shape',
    title: 'Every shape',
    rows: [
      { title: 'Open', panels: panelsOf('open') },
      { title: 'Closed', panels: panelsOf('closed'), isCollapsed: true },
      { title: 'Of $work', panels: panelsOf('repeated'), repeat: 'work' },
    ],
  });
}

/** An annotation as every dashboard shows it. */
export const exampleAnnotation: Annotation = {
  key: 'anomalies',
  name: 'Anomalies',
  expr: `increase(sightline_anomalies_total{${place}}[$__rate_interval]) > 0`,
  colour: 'orange',
  title: 'Anomaly of {{measure}}',
  text: 'It went {{direction}}.',
};

/** What these dashboards are written with; links may lead to each of them. */
export function exampleContext(
  dashboards: readonly Dashboard[],
  different: Partial<GrafanaContext> = {},
): GrafanaContext {
  return {
    definition: exampleDefinition(),
    annotations: [exampleAnnotation],
    dashboards,
    ...different,
  };
}
