import type { DataLink } from '@grafana/grafana-foundation-sdk/dashboardv2';
import { SightlineError } from '../../domain/errors.ts';
import type { Dashboard, Panel, PanelLink } from '../dashboards/dashboard.ts';
import { type GrafanaContext, linkedDashboard } from './context.ts';
import { logsUrl, tracesUrl } from './explore-link.ts';
import { dashboardUid } from './identity.ts';
import { reference } from './reference.ts';
import { variableNames } from './variables.ts';

/** Links of a panel, by what they belong to. */
export interface PlacedLinks {
  /** In the corner of the panel. */
  readonly ofPanel: readonly DataLink[];
  /** On every point. */
  readonly ofPoints: readonly DataLink[];
  /** On the cells of a column, by the label that it shows. */
  readonly ofColumns: ReadonlyMap<string, readonly DataLink[]>;
}

/** What a value of a point is read from: `${__field.labels.stage}`. */
const pointToken = /\$\{__(?:field|data|value|series)\b[^}]*\}/;
const labelToken = /\$\{__(?:field\.labels|data\.fields)\.(\w+)\}/g;

/**
 * Places the links of a panel: those that say something of a point are on the points, in a table on the cells of the
 * label that they speak of, all others are in the corner of the panel.
 */
export function placeLinks(
  panel: Panel,
  dashboard: Dashboard,
  context: GrafanaContext,
): PlacedLinks {
  const ofPanel: DataLink[] = [];
  const ofPoints: DataLink[] = [];
  const ofColumns = new Map<string, DataLink[]>();
  const isTable = panel.shape === 'table' || panel.shape === 'alerts';
  for (const link of panel.links ?? []) {
    const [label] = labelsIn(link);
    const shown = isTable ? { ...link, set: fromCells(link.set) } : link;
    const made = { title: link.title, url: linkUrl(shown, dashboard, context) };
    if (!Object.values(link.set ?? {}).some((value) => pointToken.test(value))) ofPanel.push(made);
    else if (!isTable || label === undefined) ofPoints.push(made);
    else ofColumns.set(label, [...(ofColumns.get(label) ?? []), made]);
  }
  return { ofPanel, ofPoints, ofColumns };
}

/**
 * The address that a link of a dashboard leads to, with time and variables. Throws SL_INTERNAL where it leads to an
 * unknown dashboard or sets a variable which that dashboard has not.
 *
 * @example linkUrl({ title: 'Stage', to: { dashboard: 'pipeline-stage' }, set: { stage: 'rank' } }, overview, context)
 * // '/d/sightline-pipeline-stage?${__url_time_range}&${job:queryparam}&…&var-stage=rank'
 */
export function linkUrl(
  {
    title,
    to,
    set = {},
  }: Pick<PanelLink, 'title' | 'to'> & { readonly set?: PanelLink['set'] | undefined },
  from: Dashboard,
  context: GrafanaContext,
): string {
  const values = Object.fromEntries(
    Object.entries(set).map(([name, value]) => [name, encoded(value)]),
  );
  if (to === 'traces') return tracesUrl(context.definition, values);
  if (to === 'logs') return logsUrl(context.definition, values);
  const target = variableNames(linkedDashboard(context, to.dashboard));
  const unknown = Object.keys(set).find((name) => !target.includes(name));
  if (unknown !== undefined) {
    throw new SightlineError(
      'SL_INTERNAL',
      `link ${title} of dashboard ${from.key} sets ${unknown}, expected a variable of ${to.dashboard}: ${target.join(', ')}`,
    );
  }
  // Not ${__all_variables}: beside it, a variable that is set would stand in the address with both values.
  const kept = variableNames(from).filter((name) => target.includes(name) && !(name in set));
  const parameters = [
    reference('__url_time_range'),
    ...kept.map((name) => reference(`${name}:queryparam`)),
    ...Object.entries(values).map(([name, value]) => `var-${name}=${value}`),
  ];
  return `/d/${dashboardUid(context.definition, to.dashboard)}?${parameters.join('&')}`;
}

/** Values of points may hold what has a meaning in addresses. */
const encoded = (value: string) =>
  value.replaceAll(/\$\{(__[^}:]+)\}/g, (_, name) => reference(`${name}:percentencode`));

function labelsIn({ set = {} }: PanelLink): string[] {
  return Object.values(set).flatMap((value) =>
    [...value.matchAll(labelToken)].map(([, label]) => label),
  );
}

/** In a table the labels are cells beside the one that is clicked. */
function fromCells(set: PanelLink['set'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => [
      name,
      value.replaceAll(labelToken, (_, label) => reference(`__data.fields.${label}`)),
    ]),
  );
}
