import { durationText } from '../rules/duration.ts';
import { oneOf } from '../rules/one-of.ts';
import { growing, observed, type ProofSeries, steady } from '../rules/proof-series.ts';
import type { WorkDefinition } from '../source/definition.ts';
import { beyond, failures } from './event-ratio.ts';
import type { Objective, ObjectiveContext } from './objective.ts';
import { recordedSpan, scaledSeconds } from './windows.ts';

/** Shares of the time, or of the requests, that the wording of these objectives promises. */
const latencyShare = 0.95;
const freshnessShare = 0.99;
const coverageShare = 0.95;

/** Requests a step in proofs. */
const requests = 6000;

/** The objectives of a whole work. */
export function workObjectives(context: ObjectiveContext, work: WorkDefinition): Objective[] {
  const { availability, latencyP95Ms, nonEmpty, freshnessHours, coverage } = work.slo;
  return [
    ...(availability === undefined ? [] : [answered(context, work, availability)]),
    ...(latencyP95Ms === undefined ? [] : [fast(context, work, latencyP95Ms / 1000)]),
    ...(nonEmpty === undefined ? [] : [filled(context, work, nonEmpty)]),
    // Without a model there is nothing that could be old.
    ...(freshnessHours === undefined || work.models.length === 0
      ? []
      : [fresh(context, work, freshnessHours * 3600)]),
    ...(coverage === undefined ? [] : [covered(context, work, coverage)]),
  ];
}

function answered(
  { q }: ObjectiveContext,
  { name: work }: WorkDefinition,
  share: number,
): Objective {
  const of = (outcome?: string) =>
    q.count('request_duration_seconds', {
      where: outcome === undefined ? { work } : { work, outcome },
    });
  return {
    slo: 'availability',
    work,
    share,
    ...failures(of('error'), of()),
    proof: outcomes({ q, work, bad: 'error' }),
  };
}

function fast({ q }: ObjectiveContext, { name: work }: WorkDefinition, bound: number): Objective {
  const where = { work };
  const name = 'request_duration_seconds';
  return {
    slo: 'latency',
    work,
    share: latencyShare,
    ...beyond(q.within(bound, name, { where }), q.count(name, { where })),
    proof: (badShare) => ({
      ...observed(q, name, {
        where: { work, outcome: 'ok' },
        value: 0.0001,
        perStep: requests * (1 - badShare),
      }),
      ...observed(q, name, {
        where: { work, outcome: 'partial' },
        value: 60,
        perStep: requests * badShare,
      }),
    }),
  };
}

function filled({ q }: ObjectiveContext, { name: work }: WorkDefinition, share: number): Objective {
  const of = (outcome: string) => q.count('request_duration_seconds', { where: { work, outcome } });
  return {
    slo: 'nonempty',
    work,
    share,
    ...failures(of('empty'), of('!=error')),
    proof: outcomes({ q, work, bad: 'empty' }),
  };
}

/** The oldest model of all instances counts. */
function fresh({ q }: ObjectiveContext, work: WorkDefinition, boundSeconds: number): Objective {
  const oldest = q.level('model_age_seconds', {
    where: { model: oneOf(work.models) },
    of: 'max',
  });
  return {
    slo: 'freshness',
    work: work.name,
    share: freshnessShare,
    bad: `${oldest} > bool ${boundSeconds}`,
    total: `${oldest} >= bool 0`,
    proof: (badShare) => ({
      [q.select('model_age_seconds', { model: work.models[0] })]: steady(
        badShare > 0 ? 2 * boundSeconds : boundSeconds / 2,
      ),
    }),
  };
}

/**
 * The catalogue that is shown least of counts: a mean would hide one that nobody sees. Each instance counts what it
 * showed itself, so the greatest of the instances is the nearest to what all of them showed. It is judged where there
 * is at least half of the day's mean traffic, and not before an instance has run as long as the window of the signal.
 */
function covered(
  { q, definition }: ObjectiveContext,
  { name: work, strategy }: WorkDefinition,
  least: number,
): Objective {
  const instance = q.labels('instance');
  const grown = `time() - ${q.target('process_start_time_seconds')} > ${scaledSeconds(definition, 3600)}`;
  const shown = `max by (${q.labels('catalog')}) (${q.select('catalog_coverage_ratio', { strategy })} and on (${instance}) (${grown}))`;
  const worst = `min by (${q.labels()}) (${shown})`;
  const traffic = (seconds: number) =>
    `sum by (${q.labels()}) (avg_over_time(${q.recorded('sightline:requests:rate5m', { strategy })}[${durationText(recordedSpan(definition, seconds))}]))`;
  const busy = `and on (${q.labels()})\n${traffic(3600)} > 0.5 * ${traffic(86_400)}`;
  return {
    slo: 'coverage',
    work,
    share: coverageShare,
    bad: `(${worst} < bool ${least})\n${busy}`,
    total: `(${worst} >= bool 0)\n${busy}`,
    proof: (badShare) => ({
      [q.target('process_start_time_seconds')]: steady(-86_400),
      [q.select('catalog_coverage_ratio', { strategy, catalog: 'books' })]: steady(
        badShare > 0 ? least / 2 : (least + 1) / 2,
      ),
      [q.select('catalog_coverage_ratio', { strategy, catalog: 'games' })]: steady(1),
      [q.select('request_duration_seconds', { work, strategy, outcome: 'ok' }, '_count')]:
        growing(requests),
    }),
  };
}

function outcomes({ q, work, bad }: { q: ObjectiveContext['q']; work: string; bad: string }) {
  const series = (outcome: string) =>
    q.select('request_duration_seconds', { work, outcome }, '_count');
  return (badShare: number): ProofSeries => ({
    [series('ok')]: growing(requests * (1 - badShare)),
    [series(bad)]: growing(requests * badShare),
  });
}
