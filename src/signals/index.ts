import { arms } from './arms.ts';
import { calibration } from './calibration.ts';
import { coverage } from './coverage.ts';
import { drift } from './drift.ts';
import { exposures } from './exposures.ts';
import { flow } from './flow.ts';
import { freshness } from './freshness.ts';
import { leaves } from './leaves.ts';
import type { RequestWindowOptions } from './requests/request-window.ts';
import { served } from './served.ts';
import type { SignalKind } from './signal.ts';
import { similarity } from './similarity.ts';
import { slates } from './slates.ts';

/** The catalogue of signals, in the order in which they see events. */
export const signalCatalogue = {
  flow,
  coverage,
  exposures,
  slates,
  calibration,
  served,
  arms,
  freshness,
  similarity,
  drift,
  leaves,
};

type Catalogue = typeof signalCatalogue;

/** The name of a signal. */
export type SignalName = keyof Catalogue;

/** The report of each signal by its name. */
export type SignalReports = {
  readonly [Name in SignalName]: Catalogue[Name] extends SignalKind<never, infer Report>
    ? Report
    : never;
};

/** Options of the join of requests with feedback and of each signal; plain data, as they travel to the worker. */
export type SignalOptions = {
  readonly [Name in SignalName]?: Parameters<Catalogue[Name]['create']>[1];
} & { readonly requests?: RequestWindowOptions };
