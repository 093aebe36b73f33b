import type { EventBatch } from '../telemetry/event-ring.ts';
import { kindCode } from '../telemetry/ring-event.ts';
import { ClickHistory } from './drift/click-history.ts';
import { judgeDomain, type PairDrift } from './drift/domain-judge.ts';
import { type DriftFit, fitDrift } from './drift/drift-fit.ts';
import { type DriftOptions, type DriftSettings, driftDefaults } from './drift/drift-options.ts';
import { isSameSpace } from './drift/embedding-space.ts';
import type { ItemVectors } from './known/item-columns.ts';
import type { PastEvents, Reading, SignalContext, SignalKind, SignalReport } from './signal.ts';

/** The pairs that were measured since the last report. */
export interface DriftReport extends SignalReport {
  readonly pairs: readonly PairDrift[];
}

/**
 * How far the recent clicks of each domain are from a reference: Wasserstein-1 distances between item vectors, in
 * units of what chance allows at most. The coefficient is min(1, distance / scale), 1 is the alarm.
 *
 * A domain is a catalogue or a union. A click belongs to the catalogue that the request it
 * answers named, as the page does on which it was made, or else to its item's own. The reference is the clicks before the vectors came;
 * what happens later becomes normal only with the next model. Scales come from windows of whole sessions drawn at
 * random from the reference; until they are known there is no coefficient.
 */
export const drift: SignalKind<DriftOptions, DriftReport> = {
  create(context, options) {
    const settings = { ...driftDefaults, ...options };
    const history = new ClickHistory(settings.referenceEvents);
    const state: DriftState = {
      vectors: undefined,
      fit: undefined,
      calibrated: false,
      changed: new Set(),
      last: [],
    };
    let late = 0;

    const take = (item: number, session: number, code: number) => {
      history.add(item, session, code);
      const { fit, vectors } = state;
      if (fit === undefined || !hasVector(vectors, item)) return;
      const domains = fit.plan.domainsOf.get(code);
      if (domains === undefined) return;
      for (const domain of domains) {
        fit.recent[domain].push(item);
        state.changed.add(domain);
      }
    };
    const observe = (batch: EventBatch, nowMs: number) => {
      const oldestMs = context.epochMs(nowMs) - settings.maxLateSeconds * 1000;
      for (let i = 0; i < batch.count; i++) {
        if (batch.kind(i) !== kindCode.feedback) continue;
        const item = batch.item(i);
        if (item < 0 || item >= context.items.count) continue;
        if (batch.atMs(i) < oldestMs) late += 1;
        else take(item, batch.session(i), doorOf(context, state.fit, item, batch.request(i)));
      }
    };
    const recall = ({ count, item, session }: PastEvents) => {
      for (let i = Math.max(0, count - settings.referenceEvents); i < count; i++)
        if (item[i] < context.items.count)
          history.add(item[i], session[i], context.items.catalog[item[i]]);
    };
    const report = (): DriftReport => {
      const steps = refit(state, { context, history }, settings);
      calibrate(state, { stepsPerReport: settings.stepsPerReport - steps });
      const pairs = judgeChanged(state, settings);
      return { pairs, readings: readingsOf(state, late) };
    };
    return { name: 'drift', observe, recall, report };
  },
  tell({ pairs }, emit) {
    for (const { source, target, coefficient, distance, scale } of pairs)
      emit('drift.measured', { source, target, coefficient, distance, scale });
  },
};

interface DriftState {
  vectors: ItemVectors | undefined;
  fit: DriftFit | undefined;
  /** Whether all scales are known. */
  calibrated: boolean;
  /** Domains with clicks that were not compared yet, those that wait longest first. */
  readonly changed: Set<number>;
  /** The last finding for each pair, by its place. */
  last: PairDrift[];
}

/** The catalogue through which a click came. */
function doorOf(
  { requests, items }: SignalContext,
  fit: DriftFit | undefined,
  item: number,
  request: number,
): number {
  const slot = request === 0 ? -1 : requests.find(request);
  const asked = slot < 0 ? 0 : requests.door(slot);
  return fit?.plan.domainsOf.has(asked) ? asked : items.catalog[item];
}

function hasVector(vectors: ItemVectors | undefined, item: number): boolean {
  return vectors !== undefined && item < vectors.count && vectors.norms[item] > 0;
}

/** Making a reference takes as long as so many elementary steps for each of its clicks. */
const stepsPerClick = 2000;

/**
 * Begins anew with the vectors of another model; goes on where only single items were trained again. Answers about how
 * many elementary steps it took.
 */
function refit(
  state: DriftState,
  { context, history }: { context: SignalContext; history: ClickHistory },
  settings: DriftSettings,
): number {
  const { vectors } = context;
  if (history.count < settings.minReferenceEvents) return 0;
  if (vectors === undefined || vectors.version === state.vectors?.version) return 0;
  const { fit, vectors: before } = state;
  if (fit !== undefined && before !== undefined && isSameSpace(before, vectors, fit.items)) {
    state.vectors = vectors;
    for (const distance of fit.distances) distance.forgetItems();
    return 0;
  }
  const clicks = history.take((item) => hasVector(vectors, item));
  if (clicks.count < settings.minReferenceEvents) return 0;
  state.vectors = vectors;
  const nameOf = (code: number) => context.nameOf(code);
  state.fit = fitDrift(clicks, { vectors: () => state.vectors!, nameOf }, settings);
  state.calibrated = settings.fixedScale !== undefined;
  state.last = [];
  state.changed.clear();
  for (const { target } of state.fit.plan.pairs) state.changed.add(target);
  return stepsPerClick * clicks.count;
}

/** Spends a report's share of work on the scales; once they are known every pair is due. */
function calibrate(
  state: DriftState,
  { stepsPerReport }: Pick<DriftSettings, 'stepsPerReport'>,
): void {
  const { fit, calibrated } = state;
  if (fit === undefined || calibrated) return;
  for (let steps = 0; steps < stepsPerReport && !state.calibrated; ) {
    const next = fit.calibration.next();
    if (next.done) state.calibrated = true;
    else steps += next.value;
  }
  if (state.calibrated) for (const { target } of fit.plan.pairs) state.changed.add(target);
}

function judgeChanged(
  { fit, changed, last }: DriftState,
  settings: DriftSettings,
): readonly PairDrift[] {
  if (fit === undefined) return [];
  const domains = [...changed].slice(0, settings.domainsPerReport);
  return domains.flatMap((domain) => {
    changed.delete(domain);
    const found = judgeDomain(fit, domain, settings);
    for (const drift of found) last[drift.pair] = drift;
    return found;
  });
}

function readingsOf({ fit, calibrated, last }: DriftState, late: number): Reading[] {
  const pairs = (fit?.plan.pairs ?? []).flatMap(({ source, target }, p) => {
    const labels = {
      source: fit!.plan.domains[source].name,
      target: fit!.plan.domains[target].name,
    };
    const { coefficient, distance, scale, clicks: samples = 0 } = last[p] ?? {};
    return [
      { measure: 'drift_coefficient', labels, value: coefficient ?? null, samples },
      { measure: 'domain_distance', labels, value: distance ?? null, samples },
      { measure: 'drift_scale', labels, value: scale ?? null, samples },
    ];
  });
  const known = calibrated ? 1 : (fit?.scales.known ?? 0) / (fit?.scales.wanted ?? 1);
  const unconverged = fit?.distances.reduce((sum, of) => sum + (of.unconverged ?? 0), 0) ?? 0;
  return [
    ...pairs,
    { measure: 'known_scales_ratio', labels: {}, value: known, samples: fit?.clicks ?? 0 },
    { measure: 'late_clicks', labels: {}, value: late, samples: late },
    { measure: 'unconverged_distances', labels: {}, value: unconverged, samples: unconverged },
  ];
}
