import type { WatchedSeries } from '../watched-series.ts';
import type { SeriesSource } from './all-series.ts';
import { increase, tickScale } from './increase.ts';
import { checkRegistration, type Registration, refused } from './registration.ts';

/** Series that others add to what the detector watches. */
export interface RegisteredSeries extends SeriesSource {
  /**
   * Adds a series. Throws SL_CONFIG_INVALID where it is not as its type says, where the gateway uses the name itself,
   * where it is there already, and where all places are taken.
   */
  register(series: Registration): void;
  /** Ends a series; its place waits for one of the same name, labels, kind and direction. False where there is none. */
  unregister(name: string, labels?: Readonly<Record<string, string>>): boolean;
  /** Readings so far that threw, or gave what their kind does not allow. */
  readonly failures: number;
}

/** How registered series are kept. */
export interface RegisteredSeriesOptions {
  /** Usual time between two readings. */
  readonly tickSeconds?: number;
  /** Places there are; a series that ended keeps its own. */
  readonly maxSeries?: number;
}

interface Member {
  readonly series: Registration;
  readonly at: number;
  /** The running total at the last reading. */
  lastTotal: number;
}

/**
 * Makes the source of registered series. A reading that throws, or that gives a level or total that is not finite,
 * negative events, or hits outside 0 to the trials, reads as NaN and is counted. Totals read as what they grew by: NaN
 * the first time, after a failure and where they fell. Where a tick was no evidence (see `tickScale`), only levels are
 * read. What `read` answers is overwritten by the next reading. O(series).
 *
 * @example
 * const own = createRegisteredSeries();
 * own.register({ name: 'queue_length', kind: 'level', direction: 'up', read: () => queue.length });
 * own.read(30).values; // Float64Array [ 12 ]
 */
export function createRegisteredSeries({
  tickSeconds = 30,
  maxSeries = 500,
}: RegisteredSeriesOptions = {}): RegisteredSeries {
  const places = new Map<string, number>();
  const members = new Map<string, Member>();
  const into = { values: new Float64Array(maxSeries), trials: new Float64Array(maxSeries) };
  let added: WatchedSeries[] = [];
  let failures = 0;

  const placeOf = (watched: WatchedSeries): number => {
    const key = [watched.kind, watched.direction, keyOf(watched.name, watched.labels)].join(' ');
    const at = places.get(key) ?? places.size;
    if (at >= maxSeries)
      throw refused(watched.name, `is one too many, expected at most ${maxSeries}`);
    if (!places.has(key)) added.push(watched);
    places.set(key, at);
    return at;
  };
  return {
    register(series) {
      checkRegistration(series);
      const { name, labels = {}, kind, direction = 'both' } = series;
      const key = keyOf(name, labels);
      if (members.has(key)) throw refused(name, 'is registered already');
      const at = placeOf({ name, labels: { ...labels }, kind, direction, measure: undefined });
      members.set(key, { series, at, lastTotal: Number.NaN });
    },
    unregister: (name, labels = {}) => members.delete(keyOf(name, labels)),
    read(seconds) {
      const scale = tickScale(seconds, tickSeconds);
      into.values.fill(Number.NaN);
      into.trials.fill(Number.NaN);
      for (const member of members.values()) {
        try {
          readMember(member, scale, into);
        } catch {
          // What is read next covers two ticks.
          member.lastTotal = Number.NaN;
          failures += 1;
        }
      }
      const told = added;
      added = [];
      return {
        added: told,
        values: into.values.subarray(0, places.size),
        trials: into.trials.subarray(0, places.size),
      };
    },
    get failures() {
      return failures;
    },
  };
}

/** Writes nothing of a reading that is not as its kind wants it, and throws. */
function readMember(
  member: Member,
  scale: number,
  { values, trials }: { values: Float64Array; trials: Float64Array },
): void {
  const { series, at } = member;
  if (series.kind === 'level') {
    values[at] = within(series.read());
  } else if (series.kind === 'ratio') {
    const read = series.read();
    const tried = within(read.trials, 0);
    const hits = within(read.hits, 0, tried);
    if (!(scale > 0)) return;
    values[at] = hits;
    trials[at] = tried;
  } else {
    const read = series.read();
    if ('events' in read) {
      values[at] = within(read.events, 0) * scale;
      return;
    }
    const total = within(read.total);
    values[at] = increase(total, member.lastTotal) * scale;
    member.lastTotal = total;
  }
}

function within(value: number, least = -Number.MAX_VALUE, most = Number.MAX_VALUE): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new RangeError(`reading is ${value}, expected a number from ${least} to ${most}`);
}

/** Equal for equal labels in any order. */
function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
