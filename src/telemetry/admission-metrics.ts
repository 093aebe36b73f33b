import type { MetricRow } from './metric-row.ts';

/** Series about what recommend takes in, and what it sheds. */
export const admissionMetrics = {
  requests_shed_total: {
    type: 'counter',
    unit: '',
    help: 'Requests shed because of too much load, by class, reason and what they got instead',
    labels: ['priority', 'reason', 'answer'],
    owner: 'request.shed',
    panel: 'Shed requests',
    alert: 'over 1 % of the requests for five minutes',
  },
  admission_limit: {
    type: 'gauge',
    unit: '',
    help: 'Requests that may run at once',
    labels: [],
    owner: 'admission.measured',
    panel: 'Requests in flight',
    watch: 'none',
  },
  admission_in_flight: {
    type: 'gauge',
    unit: '',
    help: 'Most requests that ran at once within a second',
    labels: [],
    owner: 'admission.measured',
    panel: 'Requests in flight',
    watch: 'none',
  },
} as const satisfies Record<string, MetricRow>;
