import type { Anomaly } from '../../src/domain/anomaly.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import type { Feedback } from '../../src/domain/feedback.ts';
import type { Item } from '../../src/domain/item.ts';
import type { Notification } from '../../src/domain/notification.ts';

/** An item for tests of stores. */
export const item = (id: string, attributes: Item['attributes'] = {}): Item => ({
  id,
  catalog: 'shoes',
  categories: ['boots', "men's"],
  attributes,
  hidden: false,
  publishedAtMs: 1_200_000_000_000.5,
});

/** An event for tests of stores. */
export const click = (key: string, more: Partial<Feedback> = {}): Feedback => ({
  key,
  type: 'click',
  item: 'A1',
  atMs: 1_200_000_000_000,
  ...more,
});

/** A message on its way out, for tests of stores. */
export const delivery = (id: string, more: Partial<Delivery> = {}): Delivery => ({
  id,
  endpoint: 'pager',
  group: '{}:{alertname="Slow \\"DE\\""}',
  status: 'firing',
  body: '{"summary":"größer 👟\\u2028"}',
  createdAtMs: 1_200_000_000_000,
  attempts: 0,
  dueAtMs: 1_200_000_000_000.5,
  ...more,
});

/** What an endpoint was told, for tests of stores. */
export const notification = (id: string): Notification => ({
  id,
  endpoint: 'pager',
  group: '{}:{}',
  alerts: [
    {
      labels: { alertname: 'Slow' },
      annotations: {},
      startsAtMs: 5,
      endsAtMs: 9,
      generatorUrl: '',
    },
  ],
  told: ['c9d6b3c8f9a05d6a'],
  openedAtMs: 7,
  toldAtMs: 8,
});

/** An open anomaly, for tests of stores. */
export const anomaly = (id: string): Anomaly => ({
  id,
  measure: 'slow',
  state: 'firing',
  direction: 'up',
  startedAtMs: 1_200_000_000_000,
  firedAtMs: 1_200_000_030_000,
  resolvedAtMs: 1_200_000_060_000,
  series: [],
  causeLabels: {},
  causes: [
    {
      labels: { segment: 'DE' },
      share: 0.83,
      ratio: 4,
      actual: 40,
      expected: 10,
      leaves: 3,
      pValue: 1e-9,
      surprise: 30.5,
      lattice: '* > segment=DE',
    },
  ],
  explainedShare: 0.83,
  isUnexplained: false,
  traceIds: ['4bf92f3577b34da6a3ce929d0e0e4736'],
});
