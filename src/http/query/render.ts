import type { z } from 'zod';
import type { Answer } from '../../answer.ts';
import type { Assignment } from '../../domain/assignment.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { shortNumber } from '../short-number.ts';
import { explain } from './explain.ts';
import type { degradationSchema } from './recommend-schema.ts';

/**
 * The answer of recommend as JSON text. Written by hand from the fragments that the item table keeps,
 * because `JSON.stringify` costs several times as much and every request passes here. Names of works,
 * strategies, sources and generations, and checked request ids, have no character that JSON escapes.
 */
export function renderAnswer(
  answer: Answer,
  { work, table, withExplain }: { work: string; table: ItemTable; withExplain: boolean },
): string {
  const { slate, record } = answer;
  const { items, scores, sources } = slate;
  const { jsonIds } = table;
  let text =
    `{"request_id":"${record.requestId}","trace_id":"${record.traceId}","work":"${work}"` +
    `,"strategy":"${record.strategy}","generation":"${record.generation}","items":[`;
  for (let p = 0; p < slate.count; p++) {
    text += `${p === 0 ? '' : ','}{"id":${jsonIds[items[p]]},"score":${shortNumber(scores[p])},"source":"${sources[p]}"}`;
  }
  text += `]${experimentOf(record.assignment)}`;
  const reason = record.fallbackReason;
  text += `,"fallback_reason":${reason === null ? 'null' : `"${reason}"`},"degradations":`;
  text += record.degradations.length === 0 ? '[]' : JSON.stringify(degradationsOf(answer));
  if (withExplain) text += `,"explain":${JSON.stringify(explain(answer, table))}`;
  return `${text}}`;
}

/** Names of experiments and variants have no character that JSON escapes either. */
function experimentOf(assignment: Assignment | undefined): string {
  if (assignment === undefined) return '';
  const { experiment, variant, reason } = assignment;
  return `,"experiment":{"name":"${experiment}","variant":"${variant}","reason":"${reason}"}`;
}

/** The degradations of an answer, without their causes: those are for the log. */
export function degradationsOf({
  record,
}: Pick<Answer, 'record'>): z.output<typeof degradationSchema>[] {
  return record.degradations.map(({ stage, component, reason, action, coverage }) => ({
    stage,
    component,
    reason,
    action,
    coverage,
  }));
}
