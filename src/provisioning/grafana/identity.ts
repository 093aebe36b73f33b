import { createHash } from 'node:crypto';
import type { Definition } from '../source/definition.ts';

/** The uids of the data sources that are provisioned. */
export const dataSourceUids = {
  prometheus: 'sightline-prometheus',
  tempo: 'sightline-tempo',
  loki: 'sightline-loki',
} as const;

/** What a uid of Grafana may be long. */
const maxUidLength = 40;

/**
 * The uid of a dashboard, the same each time it is generated; what is too long ends in a digest.
 *
 * @example dashboardUid({ service: 'sightline', environment: 'staging' }, 'overview') // 'sightline-staging-overview'
 */
export function dashboardUid(
  { service, environment }: Pick<Definition, 'service' | 'environment'>,
  key: string,
): string {
  const parts = [service, ...(environment === undefined ? [] : [environment]), key];
  const uid = parts.join('-').replaceAll(/[^a-zA-Z0-9_-]/g, '-');
  if (uid.length <= maxUidLength) return uid;
  return `${uid.slice(0, maxUidLength - 9)}-${digest(parts.join('\0')).slice(0, 8)}`;
}

/**
 * The id of a panel in its dashboard, 1 to 1,000,000, the same each time it is generated.
 *
 * @example panelId('latency') // 180082
 */
export function panelId(key: string): number {
  return 1 + (Number.parseInt(digest(key).slice(0, 12), 16) % 1_000_000);
}

/** The address of a dashboard, or of one panel of it. */
export function dashboardUrl(
  definition: Pick<Definition, 'service' | 'environment' | 'grafanaUrl'>,
  { key, panel }: { readonly key: string; readonly panel?: string },
): string {
  const url = `${definition.grafanaUrl}/d/${dashboardUid(definition, key)}`;
  return panel === undefined ? url : `${url}?viewPanel=${panelId(panel)}`;
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
