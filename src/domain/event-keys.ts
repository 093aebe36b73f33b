import { randomInt } from 'node:crypto';

const timeDigits = 9;
const placeDigits = 4;
const originDigits = 6;
const placesPerMs = 36 ** placeDigits;

/**
 * Makes keys of events whose sender gave none and means each to count: no two are equal, also between processes, and
 * each comes after the one before it in the order of text, so that an index takes them at its end. `now` answers epoch
 * milliseconds, before the year 5188; a clock that goes back does not take the keys along. `origin` tells processes apart.
 *
 * @example createEventKeys({ now: () => 1, origin: 'abc123' })() // '000000001abc1230000'
 */
export function createEventKeys({
  now,
  origin = randomDigits(originDigits),
}: {
  readonly now: () => number;
  readonly origin?: string;
}): () => string {
  let atMs = 0;
  let place = -1;
  return () => {
    place += 1;
    const nowMs = now();
    if (nowMs > atMs || place === placesPerMs) {
      atMs = Math.max(nowMs, atMs + (place === placesPerMs ? 1 : 0));
      place = 0;
    }
    return padded(atMs, timeDigits) + origin + padded(place, placeDigits);
  };
}

const padded = (value: number, digits: number) => value.toString(36).padStart(digits, '0');

function randomDigits(digits: number): string {
  return padded(randomInt(36 ** digits), digits);
}
