import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Definition } from '../source/definition.ts';

type Place = Pick<Definition, 'service' | 'environment'>;

/** The time that a dashboard shows at first, and how often it looks again. */
export const shownTime = { from: 'now-6h', to: 'now', refresh: '1m' } as const;

/** The tags of a dashboard; the last one is common to the dashboards of a gateway and of one environment. */
export function tagsOf({ service, environment }: Place): string[] {
  const place = environment === undefined ? service : `${service}-${environment}`;
  return [...new Set(['sightline', place])];
}

/** What the builders of links have, of either format. */
interface LinkBuilder {
  tags(tags: string[]): this;
  asDropdown(asDropdown: boolean): this;
  includeVars(includeVars: boolean): this;
  keepTime(keepTime: boolean): this;
}

/** Makes a link the list of all dashboards of a gateway, which takes variables and time along. */
export function setMenu<Made extends LinkBuilder>(builder: Made, definition: Place): Made {
  return builder
    .tags(tagsOf(definition).slice(-1))
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
}

/** Shows an annotation or a link above the panels: where it has a placement, it is hidden in a menu. */
export function abovePanels<Made extends { placement?: unknown }>(
  builder: Builder<Made>,
): Builder<Made> {
  const made = builder.build();
  delete made.placement;
  return { build: () => made };
}
