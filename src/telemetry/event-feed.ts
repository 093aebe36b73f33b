import type { Clock } from '../domain/clock.ts';
import { type Degradation, reasonCode, stageNames } from '../domain/degradation.ts';
import type { Feedback } from '../domain/feedback.ts';
import { EventCodes, hashId } from './event-codes.ts';
import { createEventRing, type EventRing } from './event-ring.ts';
import type { Emit } from './facts.ts';
import { LabelCodes } from './label-codes.ts';
import { outcomes, type RequestRecord } from './request-record.ts';
import {
  blankEvent,
  noteBits,
  packFeatures,
  packLabels,
  packTrouble,
  putUser,
} from './ring-event.ts';

/** What the signals worker opens: the ring, and the names behind the codes in its events. */
export interface EventSource {
  readonly ring: EventRing;
  readonly codes: EventCodes;
}

/** Turns requests and feedback into events of the ring. */
export interface EventFeed extends EventSource {
  /** Puts the request and each item of its slate. */
  request(record: RequestRecord, originMs: number): void;
  /** Puts one feedback event; `item` is its dense index, -1 when unknown, `notes` what it says, `noteBits`. */
  feedback(event: Feedback, item: number, notes?: number): void;
}

/** Catalogues that events tell apart; whoever may put items may name more. */
const maxCatalogs = 2048;

/**
 * Makes the feed of a new ring. Events that find it full are told as `events.dropped`. `feedbackTypes` are those that
 * matter: however many others come, these are told apart.
 */
export function createEventFeed({
  emit,
  clock,
  feedbackTypes = [],
}: {
  readonly emit: Emit;
  readonly clock: Clock;
  readonly feedbackTypes?: readonly string[] | undefined;
}): EventFeed {
  const ring = createEventRing({ clock });
  const codes = new EventCodes();
  const served = blankEvent('request');
  const shown = blankEvent('exposure');
  const told = blankEvent('feedback');
  const types = new LabelCodes(codes, { known: feedbackTypes });
  const catalogs = new LabelCodes(codes, { capacity: maxCatalogs });
  const firstLabel = new LabelCodes(codes);
  const secondLabel = new LabelCodes(codes);
  const slate = { items: new Int32Array(0), predicted: new Float32Array(0), count: 0 };
  let known = 0;
  const tellDropped = () => {
    const events = ring.dropped - known;
    if (events === 0) return;
    known = ring.dropped;
    emit('events.dropped', { reason: 'ring_full', events });
  };
  return {
    ring,
    codes,
    request(record, originMs) {
      if (record.layout === undefined) return;
      shown.work = codes.codeOf(record.layout.work);
      shown.strategy = codes.codeOf(record.strategy);
      shown.segment = codes.codeOf(record.segment);
      shown.catalog = catalogs.codeOf(record.catalog);
      shown.door = record.door === '' ? 0 : codes.codeOf(record.door);
      shown.request = hashId(record.requestId);
      shown.atMs = originMs + record.endedAt;
      shown.detail = record.variant === '' ? 0 : codes.codeOf(record.variant);
      shown.session = record.owner === '' ? 0 : hashId(record.owner);
      shown.trouble = record.isOwnerUser ? noteBits.ofUser : 0;
      shown.features = record.variant === '' ? 0 : hashId(record.targetingKey) & 0xffff;
      slate.items = record.slate;
      slate.predicted = record.predicted;
      slate.count = Math.min(record.returned, record.slate.length);
      ring.putSlate(shown, slate);
      served.position = record.returned;
      served.detail = outcomes.indexOf(record.outcome);
      served.work = shown.work;
      served.strategy = shown.strategy;
      served.segment = shown.segment;
      served.catalog = shown.catalog;
      served.door = shown.door;
      served.request = shown.request;
      served.session = shown.session;
      served.variant = shown.detail;
      served.item = packLabels(
        firstLabel.codeOf(record.firstLabel),
        secondLabel.codeOf(record.secondLabel),
      );
      served.predicted = (record.endedAt - record.startedAt) / 1000;
      served.trouble = troubleIn(record);
      served.features = packFeatures(record.featuresAsked, record.featuresMissing);
      served.atMs = shown.atMs;
      ring.put(served);
      tellDropped();
    },
    feedback(event, item, notes = 0) {
      const { session, user } = event;
      told.item = item;
      told.detail = types.codeOf(event.type);
      told.request = event.requestId === undefined ? 0 : hashId(event.requestId);
      const owner = session ?? user;
      told.session = owner === undefined ? 0 : hashId(owner);
      told.trouble = session === undefined ? notes | noteBits.ofUser : notes;
      putUser(told, session === undefined || user === undefined ? 0 : hashId(user));
      told.atMs = event.atMs;
      ring.put(told);
      tellDropped();
    },
  };
}

/** The degradation that changed the slate, or else the first, and the stage that took longest. */
function troubleIn(record: RequestRecord): number {
  const { degradations } = record;
  const worst = degradations.find(({ changedSlate }) => changedSlate) ?? degradations[0];
  return packTrouble({
    reason: worst === undefined ? 0 : reasonCode[worst.reason],
    stage: worst === undefined ? 0 : placeOf(worst.stage),
    slowest: slowestStage(record),
  });
}

function slowestStage({ layout, stageStart, stageEnd }: RequestRecord): number {
  const stages = layout?.stages ?? [];
  let slowest = -1;
  let longestMs = 0;
  for (let s = 0; s < stages.length; s++) {
    const ms = stageEnd[s] - stageStart[s];
    if (ms > longestMs) {
      longestMs = ms;
      slowest = s;
    }
  }
  return slowest < 0 ? 0 : placeOf(stages[slowest].stage);
}

const placeOf = (stage: Degradation['stage']) => 1 + stageNames.indexOf(stage);
