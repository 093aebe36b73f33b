import type { Definition } from '../source/definition.ts';
import { dashboardUid } from './identity.ts';

/**
 * The folder of Grafana that dashboards and alerts of a gateway lie in.
 *
 * @example folderOf({ service: 'sightline', environment: 'staging' })
 * // { title: 'sightline staging', uid: 'sightline-staging-folder' }
 */
export function folderOf(definition: Pick<Definition, 'service' | 'environment'>): {
  readonly title: string;
  readonly uid: string;
} {
  const { service, environment } = definition;
  return {
    title: environment === undefined ? service : `${service} ${environment}`,
    uid: dashboardUid(definition, 'folder'),
  };
}
