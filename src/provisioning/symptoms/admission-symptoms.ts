import { growing } from '../rules/proof-series.ts';
import { type AlertMaker, curl, leastEvents, query, where } from './symptom.ts';

/** Requests that are not served in full because there are too many. */
export const admissionSymptoms: AlertMaker = ({ definition, q }) => {
  const name = 'requests_shed_total';
  const served = 'request_duration_seconds';
  // Nobody waits for shadows, and those that Sightline makes are no requests.
  const waitedFor = q.rate(name, { where: { priority: '!=shadow' } });
  const work = definition.works[0]?.name ?? 'home';
  const requests = (perStep: number) => ({
    [q.select(served, { work, outcome: 'ok' }, '_count')]: growing(perStep),
  });
  const shed = (perStep: number, priority = 'interactive') => ({
    [q.select(name, { priority, reason: 'shed.eventloop', answer: 'popular' })]: growing(perStep),
  });
  return [
    {
      alert: 'SightlineRequestsShed',
      expr: where(q, [
        `${waitedFor} / ${q.count(served)} > 0.01`,
        `${waitedFor} * 300 >= ${leastEvents}`,
      ]),
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 300,
      summary: 'The gateway sheds requests because of too much load.',
      description: '{{ $value | humanizePercentage }} of the recommend requests are shed.',
      dashboard: { key: 'runtime', panel: 'shed-share' },
      runbook: {
        meaning:
          'Over 1 % of the requests have not been served in full for five minutes, as more were asked than the instances can do.',
        impact:
          'Shed requests get popular items, or a 503 with `Retry-After`. The others are answered in the usual time. Feedback is not shed.',
        diagnosis: `Who and why: ${query(q.rate(name, { by: ['priority', 'reason', 'answer'] }))}. \`shed.concurrency\`: requests wait for something; which store is slow? \`shed.eventloop\`: the processor is full; is there more traffic than usual, or does something hold the loop: [SightlineEventLoopBlocked](#sightlineeventloopblocked)? One instance: ${curl(definition, '/control/limits')}.`,
        mitigation:
          'Add instances, or bring the slow store back. Callers that can wait should send `x-sightline-priority: batch`: they are shed first. Where there is room left, raise `protection.concurrency.max` or `protection.eventLoopMs`.',
      },
      proof: {
        firing: { series: { ...requests(100), ...shed(20) }, atMinutes: 12, value: 0.2 },
        silent: {
          series: { ...requests(10_000), ...shed(20), ...shed(5000, 'shadow') },
          atMinutes: 12,
        },
      },
    },
  ];
};
