import type { EventBatch } from '../../telemetry/event-ring.ts';
import { eventKinds } from '../../telemetry/ring-event.ts';
import type { SignalContext } from '../signal.ts';
import { type ReadingLabel, readingLabels, type SignalEvent } from './plugin-signal.ts';

/** Shows events of the ring in the form that plugins see, and remembers the names they carried. */
export interface EventView {
  /** Event `i` of a batch; the next call fills the same object. */
  show(batch: EventBatch, i: number): SignalEvent;
  /** Whether an event that was shown carried this name as this label. */
  hasSeen(label: ReadingLabel, name: string): boolean;
}

/** Makes a view that has shown nothing. The names are as many as the codes of events. */
export function createEventView({
  nameOf,
  requests,
}: Pick<SignalContext, 'nameOf' | 'requests'>): EventView {
  const seen = { work: codes(), strategy: codes(), segment: codes(), catalog: codes() };
  const named = (label: ReadingLabel, code: number): string => {
    if (code === 0) return '';
    const { [label]: names } = seen;
    const known = names.byCode.get(code);
    if (known !== undefined) return known;
    const name = nameOf(code);
    names.byCode.set(code, name);
    names.all.add(name);
    return name;
  };
  const event: { -readonly [Field in keyof SignalEvent]: SignalEvent[Field] } = blank();
  return {
    show(batch, i) {
      const kind = eventKinds[batch.kind(i)];
      const request = batch.request(i);
      const isFeedback = kind === 'feedback';
      // Feedback carries nothing of the answer that it is about.
      const slot = isFeedback && request !== 0 ? requests.find(request) : -1;
      for (const label of readingLabels) {
        const code = slot >= 0 ? requests[label](slot) : isFeedback ? 0 : batch[label](i);
        event[label] = named(label, code);
      }
      event.kind = kind;
      event.atMs = batch.atMs(i);
      event.request = request;
      event.session = batch.session(i);
      event.item = kind === 'request' ? -1 : batch.item(i);
      event.position = kind === 'exposure' ? batch.position(i) : -1;
      event.predicted = kind === 'exposure' ? batch.predicted(i) : Number.NaN;
      event.items = kind === 'request' ? batch.position(i) : 0;
      event.seconds = kind === 'request' ? batch.predicted(i) : Number.NaN;
      event.type = isFeedback ? nameOf(batch.detail(i)) : '';
      event.outcome = kind === 'request' ? nameOf(batch.detail(i)) : '';
      return event;
    },
    hasSeen: (label, name) => seen[label].all.has(name),
  };
}

const codes = () => ({ byCode: new Map<number, string>(), all: new Set<string>() });

function blank(): SignalEvent {
  return {
    ...{ kind: 'request', atMs: 0, request: 0, session: 0 },
    ...{ item: -1, position: -1, predicted: Number.NaN, items: 0, seconds: Number.NaN },
    ...{ type: '', outcome: '', work: '', strategy: '', segment: '', catalog: '' },
  };
}
