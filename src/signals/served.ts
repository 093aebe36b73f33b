import type { Emit } from '../telemetry/facts.ts';
import { armNameOf } from './arms.ts';
import { CodeGroups } from './gathering/code-groups.ts';
import { PairGroups } from './gathering/pair-groups.ts';
import { createPanes } from './panes/panes.ts';
import { outcomeBits, type RequestWindow } from './requests/request-window.ts';
import {
  type ExposureCounts,
  exposureOutcomes,
  type JudgedRequest,
  ServedCounts,
  type ServedSums,
} from './served/served-counts.ts';
import type { Reading, SignalKind, SignalReport } from './signal.ts';

interface GroupName {
  readonly strategy: string;
  readonly catalog: string;
}

interface ArmName {
  readonly experiment: string;
  readonly variant: string;
}

/** What came of what was served, in the window where nothing else is said. */
export interface ServedReport extends SignalReport {
  /** By the strategy and the catalogue of the request; `judged` since the last report. */
  readonly groups: readonly (GroupName & {
    readonly sums: ServedSums;
    readonly judged: ExposureCounts;
  })[];
  readonly arms: readonly (ArmName & { readonly sums: ServedSums })[];
}

/** Bounds of what is counted. */
export interface ServedOptions {
  readonly windowSeconds?: number;
  /** Steps in which the window moves on. */
  readonly panes?: number;
  /** Pairs of strategy and catalogue told apart, at most 255; the others share `__other__`. */
  readonly maxGroups?: number;
  /** Arms told apart, at most 255; requests of others are not counted. */
  readonly maxArms?: number;
  /** Sessions and users told apart in a pane; further ones are left out of the mean over owners. */
  readonly maxOwners?: number;
}

/**
 * What came of what was served, per strategy and catalogue and per arm of an experiment. A request is judged when it
 * leaves the join window, so that its feedback had all the time it may take; one that showed nothing is not.
 *
 * - `click_ratio`: requests that were clicked / requests; `exposure_click_ratio`: exposures clicked / exposures.
 * - `positive_ratio`: exposures with positive feedback / exposures with positive or read feedback. A positive says that
 *   the item was seen, also where nobody sent the read; so it is between 0 and 1 whether the types of both overlap or not.
 *   Feedback counts once an exposure, however often it comes.
 * - `owner_positive_ratio`: the mean over sessions and users of the same share of theirs, each weighing alike, once in
 *   each pane. With the read of every positive sent and panes of a day it is |positive ∩ read| / |read| by user and day,
 *   the `positive_feedback_ratio` of Gorse, of what was served alone.
 *
 * O(1) a request, and O(places) where anything came of it.
 */
export const served: SignalKind<ServedOptions | undefined, ServedReport> = {
  create(context, options = {}) {
    const { windowSeconds = 3600, panes = 12, maxGroups = 64, maxArms = 64 } = options;
    const { maxOwners = 65_536 } = options;
    const groups = new PairGroups(maxGroups);
    const arms = new CodeGroups(maxArms);
    const byGroup = new ServedCounts({ groups: groups.span, panes, maxOwners });
    const byArm = new ServedCounts({ groups: arms.span, panes, maxOwners });
    const paneAt = createPanes({ windowSeconds, panes }, (pane) => {
      byGroup.forget(pane);
      byArm.forget(pane);
    });
    const { requests } = context;
    const judge = createJudge(requests);

    requests.onLeave((slot, nowMs) => {
      if (requests.places(slot) === 0) return;
      const judged = judge(slot);
      const pane = paneAt(nowMs);
      byGroup.add(groups.of(requests.strategy(slot), requests.catalog(slot)), pane, judged);
      const arm = arms.of(requests.variant(slot));
      if (arm > 0) byArm.add(arm, pane, judged);
    });
    const report = (nowMs: number) => {
      paneAt(nowMs);
      const found = {
        groups: groups.pairs.flatMap(([strategy, catalog], group) => {
          const sums = byGroup.sums(group);
          const judged = byGroup.take(group);
          // The group of all others is there before anybody needs it.
          if (group === 0 && sums.requests === 0) return [];
          const name = { strategy: context.nameOf(strategy), catalog: context.nameOf(catalog) };
          return [{ ...name, sums, judged }];
        }),
        arms: arms.codes.flatMap((code, arm) => {
          const name = armNameOf(context.nameOf(code));
          return name === undefined ? [] : [{ ...name, sums: byArm.sums(arm) }];
        }),
      };
      return { ...found, readings: readingsOf(found, windowSeconds) };
    };
    return { name: 'served', observe: () => {}, report };
  },
  tell({ groups, arms }, emit) {
    for (const { sums, judged, ...name } of groups) {
      tellJudged(name, judged, emit);
      if (sums.requests > 0) emit('served.measured', { ...name, ...ratiosOf(sums) });
    }
    for (const { sums, ...name } of arms)
      if (sums.requests > 0) emit('arm.measured', { ...name, ...ratiosOf(sums) });
  },
};

/** Makes what judges the request of a slot; the next call fills the same object. */
function createJudge(requests: RequestWindow): (slot: number) => JudgedRequest {
  const judged = {
    ...{ positive: 0, read: 0, clicked: 0, passed: 0 },
    ...{ isClicked: 0, clickedExposures: 0, owner: 0 },
  };
  return (slot) => {
    const places = requests.places(slot);
    const outcome = requests.outcomeOf(slot);
    judged.owner = requests.session(slot);
    judged.isClicked = outcome & outcomeBits.clicked;
    judged.positive = judged.read = judged.clicked = judged.clickedExposures = 0;
    const first = requests.firstPlace(slot);
    // Of most requests nothing comes.
    const end = outcome === 0 ? first : first + places;
    for (let place = first; place < end; place++) {
      const bits = requests.outcome(place);
      if (bits & outcomeBits.positive) judged.positive += 1;
      else if (bits & outcomeBits.read) judged.read += 1;
      else if (bits & outcomeBits.clicked) judged.clicked += 1;
      judged.clickedExposures += bits & outcomeBits.clicked;
    }
    judged.passed = places - judged.positive - judged.read - judged.clicked;
    return judged;
  };
}

function tellJudged(name: GroupName, judged: ExposureCounts, emit: Emit): void {
  for (const outcome of exposureOutcomes) {
    if (judged[outcome] > 0)
      emit('exposures.judged', { ...name, outcome, exposures: judged[outcome] });
  }
}

function ratiosOf({ requests, clickedRequests, positive, read }: ServedSums) {
  return {
    clickRatio: clickedRequests / requests,
    positiveRatio: positive + read === 0 ? undefined : positive / (positive + read),
  };
}

function readingsOf(
  { groups, arms }: Pick<ServedReport, 'groups' | 'arms'>,
  windowSeconds: number,
): Reading[] {
  const ofSums = (labels: Reading['labels'], sums: ServedSums) => {
    const { positive, read, clicked, passed } = sums;
    const ratio = (measure: string, part: number, samples: number): Reading => {
      return {
        measure,
        labels,
        value: samples === 0 ? null : part / samples,
        samples,
        windowSeconds,
      };
    };
    return [
      ratio('click_ratio', sums.clickedRequests, sums.requests),
      ratio('exposure_click_ratio', sums.clickedExposures, positive + read + clicked + passed),
      ratio('positive_ratio', positive, positive + read),
      ratio('owner_positive_ratio', sums.ownerRatios, sums.owners),
    ];
  };
  return [
    ...groups.flatMap(({ strategy, catalog, sums }) => ofSums({ strategy, catalog }, sums)),
    ...arms.flatMap(({ experiment, variant, sums }) => ofSums({ experiment, variant }, sums)),
  ];
}
