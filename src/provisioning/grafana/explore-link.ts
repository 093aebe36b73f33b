import type { Source } from '../dashboards/dashboard.ts';
import type { Definition } from '../source/definition.ts';
import { chosenUid } from './data-sources.ts';
import { reference } from './reference.ts';

type Fields = Readonly<Record<string, string>>;
type Service = Pick<Definition, 'service'>;

/**
 * The TraceQL of the traces that have these span attributes, each on some span of the service: a request and its
 * stages have different ones.
 *
 * @example traceQuery({ service: 'sightline' }, { 'sightline.stage': 'rank' })
 * // '{ resource.service.name = "sightline" && span.sightline.stage = "rank" }'
 */
export function traceQuery({ service }: Service, attributes: Fields = {}): string {
  const ofService = `resource.service.name = ${JSON.stringify(service)}`;
  const conditions = Object.entries(attributes).map(
    ([name, value]) => `{ ${ofService} && span.${name} = ${JSON.stringify(value)} }`,
  );
  return conditions.length === 0 ? `{ ${ofService} }` : conditions.join(' && ');
}

/**
 * The LogQL of the log lines that have these fields.
 *
 * @example logQuery({ service: 'sightline' }, { work: 'home' }) // '{service_name="sightline"} | json | work="home"'
 */
export function logQuery({ service }: Service, fields: Fields = {}): string {
  const conditions = Object.entries(fields).map(
    ([name, value]) => ` | ${name}=${JSON.stringify(value)}`,
  );
  const json = conditions.length === 0 ? '' : ' | json';
  return `{service_name=${JSON.stringify(service)}}${json}${conditions.join('')}`;
}

/** The address of Explore with the traces of these attributes, in the time of the dashboard. */
export function tracesUrl(service: Service, attributes?: Fields): string {
  const query = traceQuery(service, attributes);
  return exploreUrl('tempo', { queryType: 'traceql', query, limit: 20, tableType: 'traces' });
}

/** The address of Explore with the log lines of these fields, in the time of the dashboard. */
export function logsUrl(service: Service, fields?: Fields): string {
  return exploreUrl('loki', { queryType: 'range', expr: logQuery(service, fields) });
}

function exploreUrl(source: Source, query: Readonly<Record<string, unknown>>): string {
  const uid = chosenUid(source);
  const pane = {
    datasource: uid,
    queries: [{ refId: 'A', datasource: { type: source, uid }, ...query }],
    range: { from: reference('__from'), to: reference('__to') },
  };
  return `/explore?schemaVersion=1&panes=${encodeAround(JSON.stringify({ sightline: pane }))}`;
}

/** Encodes all but `${…}`: Grafana replaces variables in the address as it stands. */
function encodeAround(text: string): string {
  return text
    .split(/(\$\{[^}]+\})/)
    .map((part, p) => (p % 2 === 1 ? part : encodeURIComponent(part)))
    .join('');
}
