import { beforeAll, expect, test } from 'vitest';
import { createRequestWindow } from '../../../src/signals/requests/request-window.ts';
import { createEventRing, openEventRing } from '../../../src/telemetry/event-ring.ts';
import { createShop, type Shop } from './shop.ts';
import { createTraffic } from './traffic.ts';

let shop: Shop;
beforeAll(() => {
  shop = createShop({ nowMs: 0 });
});

test('nine of ten feedback events find their request, and half of the others name one that never was', () => {
  const ring = createEventRing();
  const traffic = createTraffic(shop, { ring });
  for (let k = 0; k < 2000; k++) {
    traffic.request();
    traffic.feedback();
  }
  const window = createRequestWindow({}, { nameOf: (code) => shop.codes.nameOf(code) });
  openEventRing(ring.shared).drain((batch) => window.observe(batch, 0));
  const { matched, late, unmatched } = window.joined;
  expect(matched / 2000).toBeCloseTo(0.9, 1);
  expect(unmatched / 2000).toBeCloseTo(0.05, 1);
  expect(late).toBe(0);
});

test('a full ring holds traffic up and loses nothing', () => {
  const ring = createEventRing({ capacity: 64 });
  const reader = openEventRing(ring.shared);
  const positions: number[] = [];
  const drain = () =>
    reader.drain((batch) => {
      for (let i = 0; i < batch.count; i++) positions.push(batch.position(i));
    });
  const traffic = createTraffic(shop, { ring, whenFull: drain });
  for (let k = 0; k < 50; k++) traffic.request();
  drain();
  const slate = Array.from({ length: 21 }, (_, place) => place);
  expect(positions).toEqual(Array.from({ length: 50 }, () => slate).flat());
  expect(traffic.put).toBe(50 * 21);
});
