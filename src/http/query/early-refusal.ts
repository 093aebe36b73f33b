import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import type { OverloadError } from '../../pipeline/admission/shed.ts';
import type { PipelineLayout } from '../../telemetry/layout.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { RequestHead } from '../env.ts';
import { problemBody } from '../errors.ts';
import { createHeldAnswers } from '../held-answers.ts';
import { credentialsOf } from '../key-guard.ts';
import type { EarlyAnswer } from '../listen.ts';
import { recommendRoute } from './recommend.ts';
import { beginRecord, headerTimeoutMs } from './record-door.ts';
import { shared } from './shared-demand.ts';
import { readStanding } from './standing.ts';

/** The route without its parameter. */
const prefix = recommendRoute.slice(0, recommendRoute.indexOf('{'));
const reading = shared('read');
/** Time between two refusals that have a span and a log line. */
const tellEveryMs = 100;

/** What refusals are made with. */
interface Refusing {
  readonly gateway: Gateway;
  readonly clock: Clock;
  /** Monotonic time before which no further refusal is logged. */
  quietUntilMs: number;
}

/**
 * Makes the refusal of recommend requests before router, body and validation, where admission would give them nothing
 * anyway: a refusal must cost little, or many of them take the time of full answers. It is counted in the same series
 * as one behind the router. One in 100 ms has a span and a log line. Its answer is held back for `holdRefusalsMs`, but
 * not where the caller's own deadline is near. Undefined where the configuration takes in whatever comes.
 *
 * @example
 * const answerEarly = createEarlyRefusal(gateway);
 * await openListener({ fetch: app.fetch, answerEarly }, { ...config.http.query, name: 'query', emit });
 */
export function createEarlyRefusal(
  gateway: Gateway,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): EarlyAnswer | undefined {
  const { access, admission, telemetry, config } = gateway;
  if (admission === undefined) return undefined;
  const { holdRefusalsMs: holdMs } = config.protection;
  const monotonic = () => clock.monotonic();
  const hold = createHeldAnswers({ holdMs, monotonic, later: setTimeout });
  const refusing: Refusing = { gateway, clock, quietUntilMs: 0 };
  return (incoming, outgoing) => {
    if (!admission.isStrained) return false;
    const path = pathOf(incoming);
    const layout = layoutAt(gateway, incoming.method, path);
    if (layout === undefined) return false;
    const head = { env: { incoming }, req: { method: incoming.method!, path } };
    // A page must be able to read its answer, and a stranger must not learn here which works there are.
    if (config.access.cors && incoming.headers.origin !== undefined) return false;
    if (!access.isOpen && !access.knows(credentialsOf(head), reading)) return false;
    const error = admission.refuse(readStanding(head, telemetry.emit));
    if (error === undefined) return false;
    const requestId = record(refusing, { head, layout, error });
    const send = () => answer(outgoing, error, requestId);
    const timeoutMs = headerTimeoutMs(head);
    if (timeoutMs !== undefined && timeoutMs < 2 * holdMs) send();
    else hold(send);
    return true;
  };
}

function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** The layout of the work that is asked for; undefined for any other request. */
function layoutAt(
  { layoutOf }: Gateway,
  method: string | undefined,
  path: string,
): PipelineLayout | undefined {
  if (method !== 'GET' && method !== 'POST') return undefined;
  return path.startsWith(prefix) ? layoutOf(path.slice(prefix.length)) : undefined;
}

/** Hands a refused request to telemetry, as the route would; answers its id. */
function record(
  refusing: Refusing,
  about: {
    readonly head: RequestHead;
    readonly layout: PipelineLayout;
    readonly error: OverloadError;
  },
): string {
  const { gateway, clock } = refusing;
  const { telemetry, generations } = gateway;
  const { head, layout, error } = about;
  const made = beginRecord(telemetry, head, recommendRoute);
  const { requestId } = made;
  made.layout = layout;
  made.generation = generations.current.generation.id;
  made.status = error.status;
  made.errorType = error.code;
  made.outcome = 'error';
  if (clock.monotonic() < refusing.quietUntilMs) leaveUnlogged(made);
  else refusing.quietUntilMs = clock.monotonic() + tellEveryMs;
  telemetry.finish(made);
  return requestId;
}

/** Leaves no trace id behind either, as an exemplar would lead to nothing. */
function leaveUnlogged(made: RequestRecord): void {
  made.isUnlogged = true;
  made.traceId = '';
}

function answer(outgoing: ServerResponse, error: OverloadError, requestId: string): void {
  if (outgoing.destroyed) return;
  const body = JSON.stringify(problemBody(error, requestId));
  outgoing.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    'retry-after': '1',
    'x-sightline-fallback-reason': error.reason,
  });
  outgoing.end(body);
}
