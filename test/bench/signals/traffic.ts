import { type Clock, systemClock } from '../../../src/domain/clock.ts';
import { hashId } from '../../../src/telemetry/event-codes.ts';
import type { EventRing, SlateColumns } from '../../../src/telemetry/event-ring.ts';
import { blankEvent, kindCode, type RingEvent } from '../../../src/telemetry/ring-event.ts';
import { createRandom } from '../harness/random.ts';
import { catalogCount, drawItem, drawSession, type Shop } from './shop.ts';

const slateSize = 20;
/** Requests that feedback may answer: the last second or two. */
const recentRequests = 32_768;

const strategies = ['blend', 'popular', 'session'];
const segments = ['de', 'fr', 'pl', 'other'];
const variants = ['ranking/a', 'ranking/b'];
/** One in ten is a conversion. */
const feedbackTypes = [...Array<string>(18).fill('click'), 'cart', 'purchase'];

/** Where traffic goes and what it is made of. */
export interface TrafficOptions {
  readonly ring: EventRing;
  /** The clock of the ring. */
  readonly clock?: Clock;
  /** Called again and again while the ring is full. */
  readonly whenFull?: () => void;
  readonly seed?: number;
}

/** Events of a shop, each drawn anew: no array is gone through again and again, as processors learn those by heart. */
export interface Traffic {
  /** Puts a slate of 20 with predictions and the event of its request, for the session of that ordinal or a drawn one. */
  request(session?: number): void;
  /**
   * Puts a feedback event on an item of a recent slate. Of twenty, eighteen name the request, one names a request that
   * never was, and one names none.
   */
  feedback(): void;
  /** Events put so far. */
  readonly put: number;
}

/** Makes the traffic of a shop. */
export function createTraffic(shop: Shop, options: TrafficOptions): Traffic {
  const { clock = systemClock, seed = 2 } = options;
  const random = createRandom(seed);
  const pick = (codes: readonly number[]) => codes[Math.floor(codes.length * random())];
  const codes = createCodes(shop);
  const sender = createSender(options);
  const recent = createRecent();
  const predicted = new Float32Array(slateSize);
  const slate = { items: new Int32Array(slateSize), predicted, count: slateSize };
  const shown = { ...blankEvent('exposure'), work: codes.work };
  const told = blankEvent('feedback');
  return {
    get put() {
      return sender.put;
    },
    request(session = drawSession(random)) {
      const catalog = session % catalogCount;
      for (let place = 0; place < slateSize; place++) {
        slate.items[place] = drawItem(random, catalog);
        slate.predicted[place] = 0.2 * random();
      }
      shown.request = hashId(`request ${sender.put}`);
      shown.session = shop.sessions[session];
      shown.strategy = pick(codes.strategies);
      shown.segment = codes.segments[session % segments.length];
      shown.catalog = shown.door = codes.catalogs[catalog];
      shown.detail = codes.variants[(session >> 3) % variants.length];
      shown.atMs = clock.now();
      recent.keep(shown, slate.items);
      sender.sendSlate(shown, slate);
      const served = {
        kind: kindCode.request,
        item: -1,
        position: slateSize,
        predicted: Number.NaN,
      };
      sender.send({ ...shown, ...served, detail: codes.outcome });
    },
    feedback() {
      const at = Math.floor(recent.count * random());
      const names = random();
      told.request = names < 0.9 ? recent.request[at] : 0;
      if (names > 0.95) told.request = hashId(`unknown ${sender.put}`);
      told.session = recent.session[at];
      told.item = recent.items[at * slateSize + Math.floor(slateSize * random() ** 2)];
      told.detail = pick(codes.feedbackTypes);
      told.atMs = clock.now();
      sender.send(told);
    },
  };
}

function createCodes({ codes, items }: Shop) {
  const codesOf = (names: readonly string[]) => names.map((name) => codes.codeOf(name));
  return {
    strategies: codesOf(strategies),
    segments: codesOf(segments),
    variants: codesOf(variants),
    catalogs: Array.from({ length: catalogCount }, (_, item) => items.catalog[item]),
    feedbackTypes: codesOf(feedbackTypes),
    work: codes.codeOf('home'),
    outcome: codes.codeOf('ok'),
  };
}

/** Puts events and counts them; waits while there is no room. */
function createSender({ ring, whenFull = () => {} }: TrafficOptions) {
  let put = 0;
  const send = (event: RingEvent) => {
    while (!ring.put(event)) whenFull();
    put += 1;
  };
  return {
    get put() {
      return put;
    },
    send,
    sendSlate(event: RingEvent, slate: SlateColumns) {
      const fit = ring.putSlate(event, slate);
      put += fit;
      for (let position = fit; position < slate.count; position++) {
        const [item, predicted] = [slate.items[position], slate.predicted[position]];
        send({ ...event, item, predicted, position });
      }
    },
  };
}

/** The last requests and their slates, in a ring. */
function createRecent() {
  const request = new Float64Array(recentRequests);
  const session = new Float64Array(recentRequests);
  const items = new Int32Array(recentRequests * slateSize);
  let kept = 0;
  return {
    request,
    session,
    items,
    get count() {
      return Math.min(kept, recentRequests);
    },
    keep(event: RingEvent, slate: Int32Array) {
      const at = kept % recentRequests;
      request[at] = event.request;
      session[at] = event.session;
      items.set(slate, at * slateSize);
      kept += 1;
    },
  };
}
