import { expect, test } from 'vitest';
import { reasonCode, stageNames } from '../../src/domain/degradation.ts';
import type { Feedback } from '../../src/domain/feedback.ts';
import { EventCodes, hashId } from '../../src/telemetry/event-codes.ts';
import { createEventFeed } from '../../src/telemetry/event-feed.ts';
import { createEventRing, openEventRing } from '../../src/telemetry/event-ring.ts';
import { LabelCodes } from '../../src/telemetry/label-codes.ts';
import { outcomes, RequestRecord } from '../../src/telemetry/request-record.ts';
import {
  blankEvent,
  featuresAsked,
  featuresMissing,
  kindCode,
  labelOf,
  noteBits,
  putUser,
  troubleOf,
} from '../../src/telemetry/ring-event.ts';
import { finishedRecord, originMs } from './finished-record.ts';

const clock = { now: () => 0, monotonic: () => 0 };

function open(feedbackTypes: readonly string[] = []) {
  const dropped: number[] = [];
  const feed = createEventFeed({
    clock,
    feedbackTypes,
    emit: (_, fact) => void dropped.push((fact as { events: number }).events),
  });
  const reader = openEventRing(feed.ring.shared);
  const drain = () => {
    const events: Record<string, unknown>[] = [];
    reader.drain((batch) => {
      for (let i = 0; i < batch.count; i++) {
        events.push({
          kind: batch.kind(i),
          item: batch.item(i),
          position: batch.position(i),
          detail: batch.detail(i),
          door: feed.codes.nameOf(batch.door(i)),
          predicted: batch.predicted(i),
          names: [batch.work(i), batch.strategy(i), batch.segment(i), batch.catalog(i)].map(
            (code) => feed.codes.nameOf(code),
          ),
          request: batch.request(i),
          session: batch.session(i),
          atMs: batch.atMs(i),
        });
      }
    });
    return events;
  };
  return { feed, drain, dropped };
}

test('a finished request is one exposure for each item of its slate with variant and predicted click, and one request', () => {
  const { feed, drain } = open();
  feed.request(finishedRecord(), originMs);
  const common = {
    names: ['home', 'blend', 'de', 'shoes'],
    request: hashId('req-1'),
    session: hashId('visit-1'),
    door: 'coats',
    atMs: originMs + 1012.345,
  };
  const { exposure: kind } = kindCode;
  const detail = feed.codes.codeOf('ranking/b');
  expect(drain()).toEqual([
    { kind, item: 11, position: 0, detail, predicted: 0.5, ...common },
    { kind, item: 22, position: 1, detail, predicted: 0.25, ...common },
    { kind, item: 33, position: 2, detail, predicted: Number.NaN, ...common },
    {
      kind: kindCode.request,
      item: 0,
      position: 3,
      detail: outcomes.indexOf('fallback'),
      predicted: Math.fround(0.012345),
      ...common,
    },
  ]);
});

test('a request tells its time, what went wrong, what it read and the labels of its caller', () => {
  const { feed } = open();
  const record = finishedRecord();
  Object.assign(record, { featuresAsked: 2, featuresMissing: 1 });
  Object.assign(record, { firstLabel: 'DE', secondLabel: 'phone' });
  feed.request(record, originMs);
  let seen: unknown;
  openEventRing(feed.ring.shared).drain((batch) => {
    const i = batch.count - 1;
    seen = {
      variant: feed.codes.nameOf(batch.variant(i)),
      trouble: troubleOf(batch.trouble(i)),
      features: [featuresAsked(batch.features(i)), featuresMissing(batch.features(i))],
      labels: [0, 1].map((label) => feed.codes.nameOf(labelOf(batch.item(i), label))),
    };
  });
  const retrieve = 1 + stageNames.indexOf('retrieve');
  expect(seen).toEqual({
    variant: 'ranking/b',
    trouble: { reason: reasonCode['model.unavailable'], stage: retrieve, slowest: retrieve },
    features: [2, 1],
    labels: ['DE', 'phone'],
  });
});

test('an exposure tells the hash of the key that chose its variant, where the variant counts', () => {
  const { feed } = open();
  const units: number[] = [];
  const record = finishedRecord();
  for (const variant of ['ranking/b', '']) {
    record.variant = variant;
    feed.request(record, originMs);
  }
  openEventRing(feed.ring.shared).drain((batch) => {
    for (let i = 0; i < batch.count; i++) {
      if (batch.kind(i) === kindCode.exposure) units.push(batch.features(i));
    }
  });
  const unit = hashId('visit-1') & 0xffff;
  expect(unit).toBeGreaterThan(0);
  expect(units).toEqual([unit, unit, unit, 0, 0, 0]);
});

test('a label of callers takes 256 values, and the rest share one', () => {
  const codes = new EventCodes();
  const label = new LabelCodes(codes);
  const given = Array.from({ length: 300 }, (_, value) => label.codeOf(`v${value}`));
  expect(new Set(given).size).toBe(257);
  expect(given[299]).toBe(0);
  expect(codes.nameOf(label.codeOf('v7'))).toBe('v7');
});

test('a request that reached no work is no event', () => {
  const { feed, drain } = open();
  feed.request(new RequestRecord(), originMs);
  expect(drain()).toEqual([]);
});

test('a feedback event keeps its own time and its ids as hashes', () => {
  const { feed, drain } = open();
  const event = { key: 'k', type: 'click', item: 'A', atMs: 77 };
  feed.feedback({ ...event, session: 's1', requestId: 'req-1' }, 5);
  feed.feedback(event, -1);
  feed.feedback({ ...event, user: 'u1' }, 5);
  const detail = feed.codes.codeOf('click');
  expect(drain()).toMatchObject([
    { kind: kindCode.feedback, item: 5, detail, request: hashId('req-1'), session: hashId('s1') },
    { kind: kindCode.feedback, item: -1, detail, request: 0, session: 0, atMs: 77 },
    { kind: kindCode.feedback, item: 5, session: hashId('u1') },
  ]);
});

test('feedback says what it means, whose it is, and its user beside its session', () => {
  const { feed } = open();
  const event = { key: 'k', type: 'click', item: 'A', atMs: 77 };
  const { positive, read, ofUser } = noteBits;
  feed.feedback({ ...event, session: 's1', user: 'u1' }, 5, positive | read);
  feed.feedback({ ...event, user: 'u1' }, 5, read);
  feed.feedback({ ...event, session: 's1' }, 5);
  const seen: (readonly number[])[] = [];
  openEventRing(feed.ring.shared).drain((batch) => {
    for (let i = 0; i < batch.count; i++)
      seen.push([batch.session(i), batch.user(i), batch.trouble(i)]);
  });
  expect(seen).toEqual([
    [hashId('s1'), hashId('u1'), positive | read],
    [hashId('u1'), 0, read | ofUser],
    [hashId('s1'), 0, 0],
  ]);
});

test('the hash of a user comes out of the ring as it went in, however great it is', () => {
  const ring = createEventRing({ capacity: 8 });
  const hashes = [0, 1, 2 ** 16, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 48 + 5, 2 ** 53 - 1];
  for (const hash of hashes) {
    const event = blankEvent('feedback');
    putUser(event, hash);
    ring.put(event);
  }
  const seen: number[] = [];
  openEventRing(ring.shared).drain((batch) => {
    for (let i = 0; i < batch.count; i++) seen.push(batch.user(i));
  });
  expect(seen).toEqual(hashes);
});

test('exposures say whether they were shown to a session or to a user', () => {
  const { feed } = open();
  feed.request(finishedRecord(), originMs);
  feed.request(Object.assign(finishedRecord(), { owner: 'u1', isOwnerUser: true }), originMs);
  const seen: number[] = [];
  openEventRing(feed.ring.shared).drain((batch) => {
    for (let i = 0; i < batch.count; i++)
      if (batch.kind(i) === kindCode.exposure) seen.push(batch.trouble(i));
  });
  expect(seen).toEqual([0, 0, 0, noteBits.ofUser, noteBits.ofUser, noteBits.ofUser]);
});

test('events that find the ring full are told once each', () => {
  const { feed, dropped } = open();
  const record = finishedRecord();
  for (let i = 0; i < feed.ring.capacity / 4 + 5; i++) feed.request(record, originMs);
  expect(dropped).toEqual([4, 4, 4, 4, 4]);
});

test('types of feedback that matter are told apart however many others come', () => {
  const { feed, drain } = open(['purchase']);
  const tell = (type: string) =>
    feed.feedback({ type, item: 'item-1', session: 's', atMs: 0 } as Feedback, 1);
  for (let i = 0; i < 5000; i++) {
    tell(`made-up-${i}`);
    drain();
  }
  tell('purchase');
  tell('never-seen');
  const types = drain().map(({ detail }) => feed.codes.nameOf(detail as number));
  expect(types).toEqual(['purchase', '__other__']);
  feed.request(finishedRecord(), originMs);
  expect(drain()[0]).toMatchObject({ names: ['home', 'blend', 'de', 'shoes'] });
});

test('made-up catalogues leave codes for other names', () => {
  const { feed, drain } = open();
  for (let i = 0; i < 5000; i++) {
    feed.request(Object.assign(finishedRecord(), { catalog: `made-up-${i}` }), originMs);
    drain();
  }
  feed.request(Object.assign(finishedRecord(), { catalog: 'late', strategy: 'new' }), originMs);
  expect(drain()[0]).toMatchObject({ names: ['home', 'new', 'de', '__other__'] });
});
