import type { EventBatch } from '../../telemetry/event-ring.ts';
import { kindCode } from '../../telemetry/ring-event.ts';
import { HashIndex } from '../gathering/hash-index.ts';
import { OwnerRequests, ownerOf } from './owner-requests.ts';
import { SlatePlaces } from './slate-places.ts';

/** Hears of a request that leaves while its columns can still be read. */
export type LeaveVisit = (slot: number, nowMs: number) => void;

/** Places looked at for the item of one feedback event: whoever asks without end may not hold up the others. */
const mostLooked = 4096;

/**
 * The requests held, first in first out, as columns by slot, and the hashes of the last `maxRequests` that left. About
 * 105 bytes a request, and 9 a place.
 */
export class RequestSlots {
  readonly work: Uint16Array;
  readonly strategy: Uint16Array;
  readonly segment: Uint16Array;
  readonly catalog: Uint16Array;
  readonly door: Uint16Array;
  readonly variant: Uint16Array;
  readonly unit: Uint16Array;
  readonly labels: Int32Array;
  readonly session: Float64Array;
  readonly firstPlace: Int32Array;
  readonly places: Int32Array;
  readonly outcome: Uint8Array;
  readonly slates: SlatePlaces;
  readonly #owners: OwnerRequests;
  readonly #servedAtMs: Float64Array;
  readonly #arrivedAtMs: Float64Array;
  /** Hashes of those held and of those that left, twice as many as slots; 0 where a newer request took the name. */
  readonly #hashes: Float64Array;
  readonly #index: HashIndex;
  readonly #maxRequests: number;
  readonly #visits: LeaveVisit[] = [];
  /** Requests are numbered as they come: those from `#oldest` on are held, those before from `#known` on remembered. */
  #next = 0;
  #oldest = 0;
  #known = 0;

  constructor({ maxRequests, maxPlaces }: { maxRequests: number; maxPlaces: number }) {
    const slots = 2 ** Math.ceil(Math.log2(maxRequests));
    this.#maxRequests = maxRequests;
    this.work = new Uint16Array(slots);
    this.strategy = new Uint16Array(slots);
    this.segment = new Uint16Array(slots);
    this.catalog = new Uint16Array(slots);
    this.door = new Uint16Array(slots);
    this.variant = new Uint16Array(slots);
    this.unit = new Uint16Array(slots);
    this.labels = new Int32Array(slots);
    this.session = new Float64Array(slots);
    this.firstPlace = new Int32Array(slots);
    this.places = new Int32Array(slots);
    this.outcome = new Uint8Array(slots);
    this.slates = new SlatePlaces(maxPlaces);
    this.#owners = new OwnerRequests(slots);
    this.#servedAtMs = new Float64Array(slots);
    this.#arrivedAtMs = new Float64Array(slots);
    this.#hashes = new Float64Array(2 * slots);
    this.#index = new HashIndex(this.#hashes);
  }

  onLeave(visit: LeaveVisit): void {
    this.#visits.push(visit);
  }

  /** The slot of a request that is held, or -1. O(1) expected. */
  find(request: number): number {
    const position = this.#index.find(request);
    return this.#isHeld(position) ? this.#slotOf(position) : -1;
  }

  /**
   * The slot of the newest request that was served to an owner and showed an item, or -1. Requests served later than
   * `lastAtMs`, epoch milliseconds, do not count, nor what lies behind some thousand places of newer ones.
   * O(places of the requests of the owner).
   */
  findShown(owner: number, item: number, lastAtMs: number): number {
    let number = this.#owners.newest(owner);
    for (let looked = 0; number >= this.#oldest && looked < mostLooked; looked += 1) {
      if (this.#owners.owner(number) === owner) {
        const slot = this.#slotOf(number);
        const isNamed = this.#hashes[this.#positionOf(number)] !== 0;
        if (isNamed && this.#servedAtMs[slot] <= lastAtMs && this.#placeOf(slot, item) >= 0)
          return slot;
        looked += this.places[slot];
      }
      number = this.#owners.before(number);
    }
    return -1;
  }

  /** Whether a request is remembered, held or not. */
  hasSeen(request: number): boolean {
    return this.#index.find(request) >= 0;
  }

  /** Whether a request is held and no other came since. */
  isNewest(request: number): boolean {
    return this.#next > this.#oldest && this.#hashes[this.#positionOf(this.#next - 1)] === request;
  }

  /** Begins a request with an empty slate; an older one of the same name leaves, and the oldest where it is full. */
  begin(batch: EventBatch, i: number, nowMs: number): void {
    const request = batch.request(i);
    this.#giveUpName(request, nowMs);
    if (this.#next - this.#oldest === this.#maxRequests) this.#leaveOldest(nowMs);
    const position = this.#positionOf(this.#next);
    this.#hashes[position] = request;
    this.#index.set(position);
    this.#fill(this.#slotOf(position), batch, i);
    this.#servedAtMs[this.#slotOf(position)] = batch.atMs(i);
    this.#arrivedAtMs[this.#slotOf(position)] = nowMs;
    this.#next += 1;
  }

  /** Sets what only the event of the request tells of the newest request. */
  complete(batch: EventBatch, i: number): void {
    this.labels[this.#slotOf(this.#next - 1)] = batch.item(i);
  }

  /** Adds a place to the newest request; older ones make room for it. A slate that fills all places is cut off. */
  addPlace(item: number, predicted: number, nowMs: number): void {
    const { slates } = this;
    while (slates.isFull && this.#next - this.#oldest > 1) this.#leaveOldest(nowMs);
    if (slates.isFull) return;
    slates.add(item, predicted);
    this.places[this.#slotOf(this.#next - 1)] += 1;
  }

  /** Adds bits to the outcome of a request, and to that of the first place that shows the item. O(places). */
  mark(slot: number, item: number, bits: number): void {
    if (bits === 0) return;
    this.outcome[slot] |= bits;
    const place = this.#placeOf(slot, item);
    if (place >= 0) this.slates.mark(place, bits);
  }

  /** Lets the requests leave that arrived at a moment or before. */
  leaveUntil(arrivedAtMs: number, nowMs: number): void {
    while (
      this.#next > this.#oldest &&
      this.#arrivedAtMs[this.#slotOf(this.#oldest)] <= arrivedAtMs
    ) {
      this.#leaveOldest(nowMs);
    }
  }

  /** The first place of a slate that shows an item, or -1. */
  #placeOf(slot: number, item: number): number {
    const end = this.firstPlace[slot] + this.places[slot];
    let place = this.firstPlace[slot];
    while (place < end && this.slates.item(place) !== item) place += 1;
    return place < end ? place : -1;
  }

  #fill(slot: number, batch: EventBatch, i: number): void {
    this.work[slot] = batch.work(i);
    this.strategy[slot] = batch.strategy(i);
    this.segment[slot] = batch.segment(i);
    this.catalog[slot] = batch.catalog(i);
    this.door[slot] = batch.door(i);
    const isExposure = batch.kind(i) === kindCode.exposure;
    this.variant[slot] = isExposure ? batch.detail(i) : 0;
    this.unit[slot] = isExposure ? batch.features(i) : 0;
    // What showed nothing is looked for by nobody.
    this.#owners.add(this.#next, isExposure ? ownerOf(batch, i) : 0);
    this.labels[slot] = 0;
    this.session[slot] = batch.session(i);
    this.firstPlace[slot] = this.slates.next;
    this.places[slot] = 0;
    this.outcome[slot] = 0;
  }

  #giveUpName(request: number, nowMs: number): void {
    const position = this.#index.find(request);
    if (position < 0) return;
    if (this.#isHeld(position)) this.#visit(position, nowMs);
    this.#index.delete(request);
    this.#hashes[position] = 0;
  }

  #leaveOldest(nowMs: number): void {
    const position = this.#positionOf(this.#oldest);
    // One whose name was taken over has left already, but its places are in use until its turn comes.
    if (this.#hashes[position] !== 0) this.#visit(position, nowMs);
    this.slates.free(this.places[this.#slotOf(position)]);
    this.#oldest += 1;
    if (this.#oldest - this.#known > this.#maxRequests) this.#forgetOldest();
  }

  #forgetOldest(): void {
    this.#index.delete(this.#hashes[this.#positionOf(this.#known)]);
    this.#known += 1;
  }

  #visit(position: number, nowMs: number): void {
    for (const visit of this.#visits) visit(this.#slotOf(position), nowMs);
  }

  #isHeld(position: number): boolean {
    return position >= 0 && this.#positionOf(this.#next - 1 - position) < this.#next - this.#oldest;
  }

  #positionOf(number: number): number {
    return number & (this.#hashes.length - 1);
  }

  #slotOf(number: number): number {
    return number & (this.session.length - 1);
  }
}
