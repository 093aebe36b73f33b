import type { Panel } from '../dashboards/dashboard.ts';

const columns = 24;

/** Panels side by side: they share the 24 columns as evenly as whole columns allow, all are as high as the highest. */
export function line(...panels: readonly Panel[]): Panel[] {
  const height = Math.max(...panels.map((panel) => panel.height));
  const edge = (place: number) => Math.floor((columns * place) / panels.length);
  return panels.map((panel, p) => ({ ...panel, width: edge(p + 1) - edge(p), height }));
}
