import type { Panel, Query } from '../dashboards/dashboard.ts';
import { type PanelOptions, stat } from './panels.ts';

/** One number as it is now, without the way there; one for each line where the legend tells lines apart. */
export function current(
  expr: string,
  { legend, ...options }: Omit<PanelOptions, 'queries'> & Pick<Query, 'legend'>,
): Panel {
  return stat({
    ...options,
    queries: [{ expr, isInstant: true, ...(legend !== undefined && { legend }) }],
  });
}
