import { OwnerRatios } from './owner-ratios.ts';

/** The best that came of an exposure. Read is not positive, clicked is neither, passed is nothing. */
export const exposureOutcomes = ['positive', 'read', 'clicked', 'passed'] as const;
export type ExposureOutcome = (typeof exposureOutcomes)[number];

/** What came of the exposures of one request or of many. */
export type ExposureCounts = Readonly<Record<ExposureOutcome, number>>;

/** A request that is no longer waited for. */
export interface JudgedRequest extends ExposureCounts {
  /** Whether anything was clicked, 0 or 1. */
  readonly isClicked: number;
  /** Exposures that were clicked, whatever else came of them. */
  readonly clickedExposures: number;
  /** Hash of the session or user, 0 nobody. */
  readonly owner: number;
}

/** What came of the requests of a group, in a window. */
export interface ServedSums extends ExposureCounts {
  readonly requests: number;
  readonly clickedRequests: number;
  readonly clickedExposures: number;
  /** Owners with something positive or read, each once a pane, and the sum of their shares of positive. */
  readonly owners: number;
  readonly ownerRatios: number;
}

/** Bounds of what is counted. */
export interface ServedCountsOptions {
  readonly groups: number;
  readonly panes: number;
  /** Owners told apart in a pane, all groups together. */
  readonly maxOwners: number;
}

/** What is counted of a group in a pane: the four outcomes, then these. */
const cell = { requests: 4, clickedRequests: 5, clickedExposures: 6, owners: 7, ownerRatios: 8 };
const cells = 9;

/** What came of served requests per group in a sliding window of panes; groups and panes are numbers from 0. */
export class ServedCounts {
  readonly #panes: number;
  readonly #counts: Float64Array;
  /** Exposures by outcome since they were last told. */
  readonly #fresh: Float64Array;
  readonly #owners: OwnerRatios;
  #pane = -1;

  constructor({ groups, panes, maxOwners }: ServedCountsOptions) {
    this.#panes = panes;
    this.#counts = new Float64Array(groups * panes * cells);
    this.#fresh = new Float64Array(groups * exposureOutcomes.length);
    this.#owners = new OwnerRatios(maxOwners);
  }

  /** Takes in a request; panes only move on. O(1) expected, no allocation. */
  add(group: number, pane: number, judged: JudgedRequest): void {
    const first = this.#cellOf(group, pane);
    const fresh = group * exposureOutcomes.length;
    for (let o = 0; o < exposureOutcomes.length; o++) {
      const exposures = judged[exposureOutcomes[o]];
      this.#counts[first + o] += exposures;
      this.#fresh[fresh + o] += exposures;
    }
    this.#counts[first + cell.requests] += 1;
    this.#counts[first + cell.clickedRequests] += judged.isClicked;
    this.#counts[first + cell.clickedExposures] += judged.clickedExposures;
    const seen = judged.positive + judged.read;
    if (seen === 0 || judged.owner === 0) return;
    if (pane !== this.#pane) this.#owners.clear();
    this.#pane = pane;
    this.#addOwner(first, this.#owners.placeOf(judged.owner, group), judged);
  }

  /** Forgets a pane that left the window. */
  forget(pane: number): void {
    if (pane === this.#pane) this.#pane = -1;
    for (let first = pane * cells; first < this.#counts.length; first += this.#panes * cells)
      this.#counts.fill(0, first, first + cells);
  }

  /** What came of the requests in the window. */
  sums(group: number): ServedSums {
    return {
      ...this.#exposures((o) => this.#sum(group, o)),
      requests: this.#sum(group, cell.requests),
      clickedRequests: this.#sum(group, cell.clickedRequests),
      clickedExposures: this.#sum(group, cell.clickedExposures),
      owners: this.#sum(group, cell.owners),
      ownerRatios: this.#sum(group, cell.ownerRatios),
    };
  }

  /** Exposures since this was last asked. */
  take(group: number): ExposureCounts {
    const first = group * exposureOutcomes.length;
    const taken = this.#exposures((o) => this.#fresh[first + o]);
    this.#fresh.fill(0, first, first + exposureOutcomes.length);
    return taken;
  }

  #addOwner(first: number, place: number, { positive, read }: JudgedRequest): void {
    if (place < 0) return;
    const before = this.#owners.ratio(place);
    if (!this.#owners.hasSeen(place)) this.#counts[first + cell.owners] += 1;
    this.#owners.add(place, positive + read, positive);
    this.#counts[first + cell.ownerRatios] += this.#owners.ratio(place) - before;
  }

  #exposures(of: (outcome: number) => number): ExposureCounts {
    return { positive: of(0), read: of(1), clicked: of(2), passed: of(3) };
  }

  #sum(group: number, which: number): number {
    let sum = 0;
    for (let pane = 0; pane < this.#panes; pane++)
      sum += this.#counts[this.#cellOf(group, pane) + which];
    return sum;
  }

  #cellOf(group: number, pane: number): number {
    return (group * this.#panes + pane) * cells;
  }
}
