import { outcomeBits } from '../requests/request-window.ts';
import { ArmKeys, type ArmKeysOptions } from './arm-keys.ts';

/** Counts of the joint outcome click × conversion: neither, conversion alone, click alone, both. */
export type OutcomeCounts = readonly [number, number, number, number];

/** What is counted of an arm in a pane: four outcomes, then requests. */
const cells = 5;
const requestCell = 4;

/** Requests, outcomes and keys per arm in a sliding window of panes; arms and panes are numbers from 0. */
export class ArmWindow {
  readonly #panes: number;
  readonly #counts: Float64Array;
  readonly #keys: ArmKeys;
  readonly #requests: Float64Array;
  readonly #judged: Float64Array;

  constructor(options: ArmKeysOptions) {
    const { arms, panes } = options;
    this.#panes = panes;
    this.#counts = new Float64Array(arms * panes * cells);
    this.#keys = new ArmKeys(options);
    this.#requests = new Float64Array(arms);
    this.#judged = new Float64Array(arms);
  }

  /** Takes in a request as it was served; `session` 0 is no key. */
  serve(arm: number, pane: number, session: number): void {
    this.#counts[this.#cellOf(arm, pane) + requestCell] += 1;
    this.#requests[arm] += 1;
    if (session !== 0) this.#keys.see(session, arm, pane);
  }

  /** Takes in what came of a request, `outcomeBits`. */
  judge(arm: number, pane: number, outcome: number): void {
    const click = outcome & outcomeBits.clicked ? 2 : 0;
    const conversion = outcome & outcomeBits.converted ? 1 : 0;
    this.#counts[this.#cellOf(arm, pane) + click + conversion] += 1;
    this.#judged[arm] += 1;
  }

  /** Forgets a pane that left the window. */
  forget(pane: number): void {
    for (let arm = 0; arm < this.#requests.length; arm++) {
      const first = this.#cellOf(arm, pane);
      this.#counts.fill(0, first, first + cells);
    }
    this.#keys.forget(pane);
  }

  /** Outcomes in the window. */
  table(arm: number): OutcomeCounts {
    return [this.#sum(arm, 0), this.#sum(arm, 1), this.#sum(arm, 2), this.#sum(arm, 3)];
  }

  /** Requests in the window. */
  requests(arm: number): number {
    return this.#sum(arm, requestCell);
  }

  /** Keys that had the arm in a pane and not since. */
  keys(arm: number, pane: number): number {
    return this.#keys.count(arm, pane);
  }

  /** Requests since the start, and those of them that were judged. */
  totals(arm: number): { readonly requestsTotal: number; readonly judgedTotal: number } {
    return { requestsTotal: this.#requests[arm], judgedTotal: this.#judged[arm] };
  }

  #sum(arm: number, cell: number): number {
    let sum = 0;
    for (let pane = 0; pane < this.#panes; pane++) {
      sum += this.#counts[this.#cellOf(arm, pane) + cell];
    }
    return sum;
  }

  #cellOf(arm: number, pane: number): number {
    return (arm * this.#panes + pane) * cells;
  }
}
