import { expect } from 'vitest';
import { testWith } from '../../installed.ts';
import { exampleDefinition } from '../example-definition.ts';
import { promisedDefinition } from './promised-definition.ts';
import { play } from './promtool.ts';

const ruled = testWith('promtool');
const definition = exampleDefinition({ works: exampleDefinition().works.slice(0, 1) });
const burn = 'SightlineAvailabilityBudgetBurn';
const work = 'sightline_request_duration_seconds_count{job="sightline", work="home", outcome=';
const ok = `${work}"ok"}`;
const failed = `${work}"error"}`;

ruled('a total outage pages within eight minutes, and stops paging when it is over', async () => {
  await play(definition, {
    // Seven hours of health, ten minutes of outage, health.
    series: {
      [ok]: '0+1200x210 252000+0x4 253200+1200x60',
      [failed]: '0x210 1200+1200x4 6000+0x60',
    },
    step: '2m',
    alerts: [
      [burn, '7h', []],
      [burn, '7h8m', ['critical']],
      [burn, '7h10m', ['critical']],
      [burn, '8h', ['warning']],
    ],
    values: [
      [
        'sightline:slo_burn:5m{slo="availability"}',
        '7h16m',
        [
          {
            labels: 'sightline:slo_burn:5m{job="sightline", slo="availability", work="home"}',
            value: 0,
          },
        ],
      ],
    ],
  });
});

ruled('a spike of a minute that spends little pages nobody', async () => {
  await play(definition, {
    series: { [ok]: '0+600x60 36300+600x60', [failed]: '0x60 30+0x60' },
    step: '1m',
    alerts: [
      [burn, '1h3m', []],
      [burn, '1h30m', []],
    ],
  });
});

ruled('a slow burn is a ticket and never a page', async () => {
  await play(definition, {
    // Half a day of health, then one request in 500 fails: twice what .999 allows.
    series: { [ok]: '0+6000x144 869988+5988x230', [failed]: '0x144 12+12x230' },
    step: '5m',
    alerts: [
      [burn, '18h', []],
      [burn, '30h', ['warning']],
    ],
  });
});

ruled('a few requests page nobody, though half of them fail', async () => {
  await play(definition, {
    series: { [ok]: '0x30 1 1 2 2 3 3 4 4x60', [failed]: '0x30 0 1 1 2 2 3 3 4x60' },
    step: '1m',
    alerts: [[burn, '45m', []]],
  });
});

ruled('what promises nothing measurable yet is silent', async () => {
  await play(promisedDefinition(), {
    series: { 'up{job="sightline", instance="a"}': '1x60' },
    step: '1m',
    alerts: [
      [burn, '30m', []],
      ['SightlineFreshnessBudgetBurn', '30m', []],
      ['SightlineCoverageBudgetBurn', '30m', []],
      ['SightlineDown', '30m', []],
    ],
    values: [['sightline:slo_burn:1h', '30m', []]],
  });
});

ruled('without any series only the gateway being down is told', async () => {
  await play(promisedDefinition({ environment: 'staging' }), {
    series: {},
    step: '1m',
    alerts: [
      ['SightlineDown', '10m', ['critical']],
      ['SightlineNoTraffic', '10m', []],
      [burn, '10m', []],
    ],
  });
});

ruled(
  'recorded shares read 0 while there is traffic without a fault, and nothing without traffic',
  async () => {
    const labels = (name: string) => `${name}{job="sightline", work="home"}`;
    const zero = (name: string) => [{ labels: labels(name), value: 0 }];
    await play(definition, {
      series: { [ok]: '0+600x20 12000+0x40' },
      step: '1m',
      values: [
        ...[
          'sightline:error_rate:5m',
          'sightline:empty_rate:5m',
          'sightline:fallback_rate:5m',
        ].flatMap(
          (name) =>
            [
              [name, '15m', zero(name)],
              [name, '40m', []],
            ] as const,
        ),
        [
          'sightline:slo_burn:5m{slo="availability"}',
          '15m',
          [
            {
              labels: 'sightline:slo_burn:5m{job="sightline", slo="availability", work="home"}',
              value: 0,
            },
          ],
        ],
      ],
    });
  },
);

ruled('latency burns by the share of slow answers, inside of buckets in proportion', async () => {
  const bucket = (le: string) =>
    `sightline_request_duration_seconds_bucket{job="sightline", work="home", outcome="ok", le="${le}"}`;
  await play(promisedDefinition(), {
    // The bound of 60 ms lies two fifths into the bucket of 50 to 75 ms, which holds half of the answers.
    series: {
      [bucket('0.05')]: '0+300x20',
      [bucket('0.075')]: '0+600x20',
      [bucket('+Inf')]: '0+600x20',
      [ok]: '0+600x20',
    },
    step: '1m',
    values: [
      [
        'round(sightline:slo_burn:5m{slo="latency", work="home", stage=""}, 0.01)',
        '15m',
        [{ labels: '{job="sightline", slo="latency", work="home"}', value: 6 }],
      ],
    ],
  });
});

ruled('half an hour without a request leaves the burn of latency what it was', async () => {
  const bucket = (le: string) =>
    `sightline_request_duration_seconds_bucket{job="sightline", work="home", outcome="ok", le="${le}"}`;
  // One answer in ten is slow: twice what .95 allows.
  await play(promisedDefinition(), {
    series: {
      [bucket('0.05')]: '0+540x20 10800+0x30',
      [bucket('0.075')]: '0+540x20 10800+0x30',
      [bucket('+Inf')]: '0+600x20 12000+0x30',
      [ok]: '0+600x20 12000+0x30',
    },
    step: '1m',
    values: [
      [
        'round(sightline:slo_burn:1h{slo="latency", work="home", stage=""}, 0.01)',
        '50m',
        [{ labels: '{job="sightline", slo="latency", work="home"}', value: 2 }],
      ],
    ],
  });
});

const lost = (reason: string) =>
  `sightline_events_dropped_total{job="sightline", instance="a", reason="${reason}"}`;

ruled('a loss that is the first of its kind is told, one of long ago is not', async () => {
  await play(definition, {
    series: { 'up{job="sightline", instance="a"}': '1x90', [lost('ring_full')]: '_x29 3x60' },
    step: '1m',
    alerts: [
      ['SightlineTelemetryLost', '28m', []],
      ['SightlineTelemetryLost', '31m', ['warning']],
      ['SightlineTelemetryLost', '1h10m', []],
    ],
  });
});

ruled('a loss from before Prometheus was away is not told again', async () => {
  await play(definition, {
    // Half an hour without scrapes.
    series: {
      'up{job="sightline", instance="a"}': '1x30 _x30 1x60',
      [lost('ring_full')]: '3x30 _x30 3x60',
    },
    step: '1m',
    alerts: ['1h2m', '1h10m', '1h20m'].map((at) => ['SightlineTelemetryLost', at, []] as const),
  });
});

ruled('comparisons with the week before are silent without one', async () => {
  const diversity = (part: string) =>
    `sightline_slate_diversity_ratio_${part}{job="sightline", strategy="home-blend"}`;
  await play(definition, {
    // It halves on the second day.
    series: { [diversity('sum')]: '0+400x48 19400+200x100', [diversity('count')]: '0+1000x150' },
    step: '30m',
    alerts: [['SightlineDiversityLow', '60h', []]],
  });
});

ruled('budgets are left in proportion to what was spent of the period', async () => {
  await play(definition, {
    // One request in 2,000 fails: half of what .999 allows.
    series: { [ok]: '0+1999x60', [failed]: '0+1x60' },
    step: '1m',
    values: [
      [
        'round(sightline:slo_budget_left:ratio{slo="availability"}, 0.001)',
        '1h',
        [{ labels: '{job="sightline", slo="availability", work="home"}', value: 0.5 }],
      ],
    ],
  });
});

ruled('rules of two environments do not mix', async () => {
  const staging = exampleDefinition({ environment: 'staging' });
  const of = (environment: string, outcome: string) =>
    `sightline_request_duration_seconds_count{job="sightline", environment="${environment}", work="home", outcome="${outcome}"}`;
  await play(staging, {
    series: {
      [of('staging', 'ok')]: '0+600x60',
      [of('production', 'error')]: '0+600x60',
    },
    step: '1m',
    alerts: [[burn, '30m', []]],
    values: [
      [
        'sightline:error_rate:5m',
        '30m',
        [
          {
            labels: 'sightline:error_rate:5m{environment="staging", job="sightline", work="home"}',
            value: 0,
          },
        ],
      ],
    ],
  });
});

ruled('a scenario that the rules do not follow fails', async () => {
  await expect(
    play(definition, { series: {}, step: '1m', alerts: [[burn, '10m', ['critical']]] }),
  ).rejects.toThrow('FAILED');
});
