import type { CalibrationError } from '../math/calibration-error.ts';
import type { BucketedValues } from '../telemetry/fact-values.ts';
import type { Emit } from '../telemetry/facts.ts';
import { JudgedPlaces } from './calibration/judged-places.ts';
import { type JoinCounts, outcomeBits } from './requests/request-window.ts';
import type { Reading, SignalContext, SignalKind, SignalReport } from './signal.ts';

/** Predictions are told apart by the strategy and the catalogue of the request. */
interface GroupName {
  readonly strategy: string;
  readonly catalog: string;
}

/** How predicted clicks agreed with clicks, and how much feedback found its request. */
export interface CalibrationReport extends SignalReport {
  /** Prediction errors since the last report. */
  readonly judged: readonly (GroupName & { readonly errors: BucketedValues })[];
  /** Windows measured for this report. */
  readonly measured: readonly (GroupName & CalibrationError)[];
  /** Feedback since the last report. */
  readonly joined: JoinCounts;
}

/** Bounds of what is kept of the predictions; about 5 · `windowPlaces` bytes a group. */
export interface CalibrationOptions {
  /** Judgements a group is measured on, the latest ones. */
  readonly windowPlaces?: number;
  /** Groups told apart; the others share `__other__`. */
  readonly maxGroups?: number;
  /** How long a group rests after it was measured. */
  readonly everySeconds?: number;
  /** Judgements a group needs before it is measured. */
  readonly minPlaces?: number;
}

const joinOutcomes = ['matched', 'late', 'unmatched', 'attributed', 'unattributed'] as const;

/** Codes are smaller than this. */
const codeSpan = 65_536;

/** Judgements measured in one report, some 4 ms; the group that has waited longest is always among them. */
const placesPerReport = 40_000;

/**
 * Compares predicted click probabilities with clicks, per strategy and catalogue of the request. A place is judged when
 * its request leaves the join window, so that its click had all the time it may take; places without a probability are
 * left out. Measured are log loss, Brier score, expected calibration error over 20 bins of equal mass and predicted
 * clicks by clicks; see `calibrationError`. O(1) a place, O(`windowPlaces` log `windowPlaces`) a measurement.
 */
export const calibration: SignalKind<CalibrationOptions | undefined, CalibrationReport> = {
  create(context, options = {}) {
    const { windowPlaces = 20_000, maxGroups = 64, everySeconds = 5, minPlaces = 50 } = options;
    const groups = createGroups({ windowPlaces, maxGroups });
    judgeLeaving(context, groups.of);
    const joinedSince = createJoinCount(context);
    const nameOf = (key: number): GroupName => ({
      strategy: context.nameOf(Math.floor(key / codeSpan)),
      catalog: context.nameOf(key % codeSpan),
    });
    const report = (nowMs: number) => {
      const due = dueGroups(groups.all, (group) => {
        const rested = nowMs - group.measuredAtMs >= everySeconds * 1000;
        return rested && group.hasChanged && group.count >= minPlaces;
      });
      return {
        measured: due.map(([key, group]) => ({ ...nameOf(key), ...group.measure(nowMs) })),
        judged: [...groups.all].flatMap(([key, group]) => {
          const errors = group.takeErrors();
          return errors === undefined ? [] : [{ ...nameOf(key), errors }];
        }),
        joined: joinedSince(),
        readings: [
          ...[...groups.all].flatMap(([key, group]) => readingsOf(nameOf(key), group)),
          ...joinReadings(context),
        ],
      };
    };
    return { name: 'calibration', observe: () => {}, report };
  },
  tell,
};

/** The groups there are, and the one of a key, made on first sight. */
function createGroups({ windowPlaces, maxGroups }: { windowPlaces: number; maxGroups: number }) {
  const all = new Map<number, JudgedPlaces>();
  const of = (wanted: number): JudgedPlaces => {
    // One place is kept for all that find no room.
    const key = all.has(wanted) || all.size < maxGroups - 1 ? wanted : 0;
    let group = all.get(key);
    if (group === undefined) {
      group = new JudgedPlaces(windowPlaces);
      all.set(key, group);
    }
    return group;
  };
  return { all, of };
}

function judgeLeaving({ requests }: SignalContext, groupOf: (key: number) => JudgedPlaces): void {
  requests.onLeave((slot) => {
    const end = requests.firstPlace(slot) + requests.places(slot);
    let group: JudgedPlaces | undefined;
    for (let place = requests.firstPlace(slot); place < end; place++) {
      const predicted = requests.predicted(place);
      if (!(predicted >= 0 && predicted <= 1)) continue;
      group ??= groupOf(requests.strategy(slot) * codeSpan + requests.catalog(slot));
      group.add(predicted, requests.outcome(place) & outcomeBits.clicked);
    }
  });
}

/** Those to measure now, longest waiting first. */
function dueGroups(
  groups: Iterable<[number, JudgedPlaces]>,
  isDue: (group: JudgedPlaces) => boolean,
): [number, JudgedPlaces][] {
  const due = [...groups].filter(([, group]) => isDue(group));
  due.sort(([, a], [, b]) => a.measuredAtMs - b.measuredAtMs);
  let places = 0;
  return due.filter(([, { count }], i) => {
    places += count;
    return i === 0 || places <= placesPerReport;
  });
}

/** Answers what the join counted since it was last asked. */
function createJoinCount({ requests }: SignalContext): () => JoinCounts {
  let told = { ...requests.joined };
  return () => {
    const before = told;
    told = { ...requests.joined };
    return {
      matched: told.matched - before.matched,
      late: told.late - before.late,
      unmatched: told.unmatched - before.unmatched,
      attributed: told.attributed - before.attributed,
      unattributed: told.unattributed - before.unattributed,
    };
  };
}

function readingsOf(labels: GroupName, { measured, count }: JudgedPlaces): Reading[] {
  const samples = measured?.count ?? count;
  const read = (measure: string, value: number | undefined): Reading => {
    return { measure, labels: { ...labels }, value: value ?? null, samples };
  };
  return [
    read('log_loss', measured?.logLoss),
    read('brier_score', measured?.brier),
    read('calibration_error_ratio', measured?.ece),
    read('calibration_ratio', measured?.ratio),
  ];
}

function joinReadings({ requests: { joined } }: SignalContext): Reading[] {
  const samples = joinOutcomes.reduce((sum, outcome) => sum + joined[outcome], 0);
  return joinOutcomes.map((outcome) => {
    return { measure: `feedback_${outcome}`, labels: {}, value: joined[outcome], samples };
  });
}

function tell({ judged, measured, joined }: CalibrationReport, emit: Emit): void {
  for (const group of judged) emit('clicks.judged', group);
  for (const { strategy, catalog, ratio, logLoss, brier, ece } of measured) {
    emit('calibration.measured', {
      strategy,
      catalog,
      ratio,
      logLoss,
      brier,
      calibrationError: ece,
    });
  }
  for (const outcome of joinOutcomes) {
    if (joined[outcome] > 0) emit('feedback.joined', { outcome, events: joined[outcome] });
  }
}
