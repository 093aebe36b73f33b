import type { Ledger } from '../../models/ledger.ts';

/** A ledger as it was just before an instant; the columns are the same. */
export const ledgerBefore = (ledger: Ledger, cutMs: number): Ledger =>
  Number.isFinite(cutMs) ? { ...ledger, nowMs: Math.min(ledger.nowMs, cutMs - 1) } : ledger;
