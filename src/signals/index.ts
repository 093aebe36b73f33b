import { type CoverageOptions, type CoverageReport, createCoverage } from './coverage.ts';
import { createFlow, type FlowReport } from './flow.ts';
import type { Signal, SignalContext } from './signal.ts';

/** Options of each signal that has some; plain data, as they travel to the worker. */
export interface SignalOptions {
  readonly coverage?: CoverageOptions;
}

/** The report of each signal by its name. */
export interface SignalReports {
  readonly flow: FlowReport;
  readonly coverage: CoverageReport;
}

/** The catalogue of signals. */
export const signalCatalogue: {
  readonly [Name in keyof SignalReports]: (
    context: SignalContext,
    options: SignalOptions,
  ) => Signal<SignalReports[Name]>;
} = {
  flow: () => createFlow(),
  coverage: (context, { coverage }) => createCoverage(context, coverage),
};
