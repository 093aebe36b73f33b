import { SightlineError } from '../../domain/errors.ts';
import type { Annotation, Dashboard } from '../dashboards/dashboard.ts';
import type { Definition } from '../source/definition.ts';

/** What a dashboard is written with, beside itself. */
export interface GrafanaContext {
  readonly definition: Definition;
  /** Marked on every dashboard. */
  readonly annotations: readonly Annotation[];
  /** All dashboards that are written: links may lead to these and to no others. */
  readonly dashboards: readonly Dashboard[];
}

/** Finds the dashboard that a link leads to; throws SL_INTERNAL where there is none with this key. */
export function linkedDashboard({ dashboards }: GrafanaContext, key: string): Dashboard {
  const found = dashboards.find((dashboard) => dashboard.key === key);
  if (found !== undefined) return found;
  const known = dashboards.map((dashboard) => dashboard.key).join(', ');
  throw new SightlineError(
    'SL_INTERNAL',
    `link leads to dashboard ${key}, expected one of ${known}`,
  );
}
