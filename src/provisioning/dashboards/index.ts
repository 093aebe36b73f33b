import type { Definition } from '../source/definition.ts';
import type { Dashboard } from './dashboard.ts';

/** Makes one dashboard for a gateway. */
export type DashboardMaker = (definition: Definition) => Dashboard;

/** The dashboards, in the order of the menu. */
const makers: readonly DashboardMaker[] = [];

/** Every dashboard of a gateway. */
export function dashboardsOf(definition: Definition): Dashboard[] {
  return makers.map((make) => make(definition));
}
