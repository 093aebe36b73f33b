import type { Demand } from '../../access/access.ts';
import type { Scope } from '../../access/access-schema.ts';
import type { IsToken } from '../control-token.ts';
import type { KeyGuard } from '../key-guard.ts';

/** What a route under `/v1` demands: it knows no tenants. */
export const shared = (scope: Scope): Demand => ({ scope, isShared: true });

/** Who may do what on the routes that recommend. */
export interface Checks {
  /** Undefined where no control token is configured. */
  readonly isToken: IsToken | undefined;
  readonly guard: KeyGuard;
}
