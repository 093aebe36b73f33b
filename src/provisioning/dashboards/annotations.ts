import type { CounterName } from '../../telemetry/metrics.ts';
import { createQueries } from '../queries/create-queries.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { createTargetSelect } from '../queries/target-series.ts';
import type { Definition } from '../source/definition.ts';
import type { Annotation } from './dashboard.ts';

/** At least the time between two points that Grafana asks for, so that no moment is missed; neighbours become one mark. */
const window = '$__rate_interval';

/**
 * The moments that every dashboard marks: anomalies that began to fire, processes that started, generations that were
 * published, items that were learnt anew. Each has a value for one window after its moment and nothing later.
 */
export function annotationsOf(definition: Definition): Annotation[] {
  return [...risesOf(definition), ...publicationsOf(definition)];
}

function risesOf(definition: Definition): Annotation[] {
  const scope = dashboardScope(definition);
  const up = createTargetSelect(scope)('up');
  const rose = (name: CounterName) => roseBy(createQueries(scope).select(name), up);
  return [
    {
      key: 'anomalies',
      name: 'Anomalies',
      expr: rose('anomalies_total'),
      colour: 'red',
      title: 'Anomaly: {{measure}} {{direction}}',
      text: '{{measure}} left its usual range ({{direction}}) on {{instance}}. Causes: GET /control/anomalies',
    },
    {
      key: 'retrainings',
      name: 'Retrained items',
      expr: rose('item_retrains_total'),
      colour: 'yellow',
      title: 'Items learnt anew: {{outcome}}',
      text: 'Vectors of items were learnt anew on {{instance}}: {{outcome}}',
    },
  ];
}

function publicationsOf(definition: Definition): Annotation[] {
  const scope = dashboardScope(definition);
  const q = createQueries(scope);
  const started = isNew(createTargetSelect(scope)('process_start_time_seconds'));
  const published = isNew(q.select('generation_published_timestamp_seconds'));
  return [
    {
      key: 'starts',
      name: 'Deploys and restarts',
      expr: `${q.select('build_info')} and on (job, instance) (${started})`,
      colour: 'blue',
      title: 'Started: {{version}}',
      text: '{{instance}} started Sightline {{version}} on Node.js {{node}}',
    },
    {
      key: 'generations',
      name: 'Published models',
      expr: `${q.select('generation_info')} and on (job, instance) (${published})`,
      colour: 'green',
      title: 'Published: generation {{generation}}',
      text: '{{instance}} serves generation {{generation}}: trained, promoted, rolled back or learnt anew',
    },
  ];
}

/**
 * Series with a value that they did not have a window ago. The value before is looked for through an hour, so that
 * neither a process that was away nor a scrape that failed looks like something new.
 */
function isNew(selector: string): string {
  return `${selector} unless ${selector} == last_over_time(${selector}[1h] offset ${window})`;
}

/**
 * Counters that rose in the window. One may begin with its first increment, which `increase` does not see: it counts if
 * its process was scraped when the window began, else Prometheus was away and what it finds may be old.
 */
function roseBy(selector: string, up: string): string {
  return `increase(${selector}[${window}]) > 0 or ${selector} unless ${selector} offset ${window} and on (job, instance) ${up} offset ${window}`;
}
