import type { Clock } from '../../domain/clock.ts';
import { packageVersion } from '../../domain/package-version.ts';
import type { Gateway } from '../../gateway.ts';
import { createDoor } from '../door.ts';
import type { App } from '../routes.ts';
import type { RowTurns } from '../turns.ts';
import { gorseRefusal } from './answers.ts';
import { addBulkRoutes } from './bulk/bulk-routes.ts';
import { addDumpRoutes } from './bulk/dump-routes.ts';
import { addDashboardRoutes } from './dashboard/dashboard-routes.ts';
import type { Admit, GorseDoors } from './gorse-route.ts';
import { addHealthRoutes } from './health.ts';
import { addListRoutes } from './list-routes.ts';
import { namespaceOf } from './namespace.ts';
import { createQuota } from './quota.ts';
import { addRecommendRoute } from './recommend-route.ts';
import { addRowRoutes } from './row-routes.ts';
import { addSessionRoute } from './session-route.ts';
import { addSimilarRoutes } from './similar-routes.ts';

/** What the API that is compatible with Gorse is made with. */
export interface GorseParts {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly admit: Admit;
  /** The turns of changes to rows, shared with the routes under `/v1`. */
  readonly turns: RowTurns;
}

/** Adds all routes under `/api` that the configuration asks for: none without a section `gorse`. */
export function addGorseRoutes(app: App, parts: GorseParts): void {
  const { gateway, clock, admit } = parts;
  if (gateway.config.gorse === undefined) return;
  const { emit } = gateway.telemetry;
  const door = createDoor({ emit, clock, refuse: gorseRefusal });
  const hasKeys = !gateway.access.isOpen;
  const doors: GorseDoors = {
    ...{ door, admit, hasKeys },
    anybody: { namespace: namespaceOf(undefined), mayWrite: false },
  };
  addHealthRoutes(app, gateway, doors);
  const quota = createQuota(gateway, () => clock.monotonic());
  addRowRoutes(app, { ...parts, doors, quota });
  addRecommendRoute(app, { gateway, doors }, clock);
  addSessionRoute(app, { gateway, doors });
  addListRoutes(app, { gateway, doors }, clock);
  addSimilarRoutes(app, { gateway, doors }, clock);
  if (!gateway.config.gorse.admin) return;
  addDashboardRoutes(app, { gateway, clock, doors, version: packageVersion() });
  const bulk = { gateway, clock, doors, quota, turns: parts.turns };
  addBulkRoutes(app, bulk);
  addDumpRoutes(app, bulk);
}
