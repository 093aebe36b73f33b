import type { Panel } from '../dashboards/dashboard.ts';

const columns = 24;

/** Panels side by side: they share the 24 columns, the last takes what is left over, all are as high as the highest. */
export function line(...panels: readonly Panel[]): Panel[] {
  const width = Math.floor(columns / panels.length);
  const rest = columns - width * panels.length;
  const height = Math.max(...panels.map((panel) => panel.height));
  return panels.map((panel, p) => ({
    ...panel,
    width: p === panels.length - 1 ? width + rest : width,
    height,
  }));
}
