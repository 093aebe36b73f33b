import { ordinary, priorities, type Standing, shedAnswers } from '../../pipeline/admission/shed.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { type RequestHead, requestHeader } from '../env.ts';

/**
 * Reads the headers `x-sightline-priority` (`interactive`, `batch` or `shadow`) and `x-sightline-when-shed` (`popular`
 * or `refused`). Any other value is told as `context.replaced` and taken for the first of its list.
 */
export function readStanding(c: RequestHead, emit: Emit): Standing {
  const priority = requestHeader(c, 'x-sightline-priority');
  const whenShed = requestHeader(c, 'x-sightline-when-shed');
  if (priority === undefined && whenShed === undefined) return ordinary;
  const standing = {
    priority: oneOf(priorities, priority ?? ordinary.priority),
    whenShed: oneOf(shedAnswers, whenShed ?? ordinary.whenShed),
  };
  if (standing.priority === undefined) emit('context.replaced', { part: 'x-sightline-priority' });
  if (standing.whenShed === undefined) emit('context.replaced', { part: 'x-sightline-when-shed' });
  return {
    priority: standing.priority ?? ordinary.priority,
    whenShed: standing.whenShed ?? ordinary.whenShed,
  };
}

const oneOf = <Value extends string>(values: readonly Value[], text: string): Value | undefined =>
  values.find((value) => value === text);
