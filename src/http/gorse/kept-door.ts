import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import type { Keeping } from '../../keeping.ts';
import { slateCapacity } from '../../pipeline/run.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { RequestHead } from '../env.ts';
import type { EarlyAnswer } from '../listen.ts';
import { identify } from '../query/record-door.ts';
import type { Admit, Caller } from './gorse-route.ts';
import { listHeaders } from './list-route.ts';
import { gorseRecommendRoute } from './recommend-route.ts';
import { scoreText } from './score-text.ts';

/** A request for the beginning or a page of a user's list, of plain characters, and nothing else. */
const plainForm =
  /^\/api\/recommend\/([\w~-][\w.~-]{0,199})\/?(?:\?(?:n=(\d{1,3}))?(?:&?offset=(\d{1,3}))?)?$/;
/** Headers with which a request takes the way through the app. */
const unusualHeaders = [
  ...['origin', 'content-length', 'transfer-encoding', 'content-type', 'expect', 'upgrade'],
  ...['x-sightline-priority', 'x-sightline-when-shed'],
];
const excludeNone: ReadonlySet<string> = new Set();

/**
 * Makes what answers plain requests of `/api/recommend` from kept lists, before router and request objects, straight on
 * Node's own. Its answers are those of the route, byte for byte, and have the same record. Whatever is unusual, and what
 * no list answers, is left to the route. Undefined where no lists are kept.
 */
export function createKeptDoor(
  gateway: Gateway,
  { admit, clock = systemClock }: { readonly admit: Admit; readonly clock?: Clock },
): EarlyAnswer | undefined {
  const { keeping, config, telemetry } = gateway;
  const name = config.gorse?.recommend;
  if (keeping === undefined || name === undefined) return undefined;
  const { defaultCount } = config.gorse!;
  const door = { gateway, keeping, name };
  let spare: RequestRecord | undefined;
  return (incoming, outgoing) => {
    const { url = '', headers } = incoming;
    if (!url.startsWith('/api/recommend/') || incoming.method !== 'GET') return false;
    for (const header of unusualHeaders) if (headers[header] !== undefined) return false;
    const asked = plainForm.exec(url);
    if (asked === null) return false;
    const head = { env: { incoming }, req: { method: 'GET', path: pathOf(url) } };
    const caller = callerOf(admit, head);
    if (caller === undefined) return false;
    const record = spare ?? telemetry.begin(undefined);
    record.startedAt = clock.monotonic();
    spare = undefined;
    const [, user, n = defaultCount, offset = 0] = asked;
    const plain = { user, n: Number(n), offset: Number(offset) };
    if (answer(door, plain, { head, caller, record, outgoing })) return true;
    record.reset(undefined);
    spare = record;
    return false;
  };
}

interface KeptDoor {
  readonly gateway: Gateway;
  readonly keeping: Keeping;
  /** Of the work. */
  readonly name: string;
}

interface PlainRequest {
  readonly user: string;
  readonly n: number;
  readonly offset: number;
}

interface Exchange {
  readonly head: RequestHead & { readonly env: { readonly incoming: IncomingMessage } };
  readonly caller: Caller;
  readonly record: RequestRecord;
  readonly outgoing: ServerResponse;
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** Who calls; undefined for those who may not, whom the route tells so. */
function callerOf(admit: Admit, head: RequestHead): Caller | undefined {
  try {
    return admit(head, 'read');
  } catch {
    return undefined;
  }
}

/** Whether a list answered. */
function answer(
  { gateway, keeping, name }: KeptDoor,
  { user, n, offset }: PlainRequest,
  { head, caller, record, outgoing }: Exchange,
): boolean {
  const { telemetry, table } = gateway;
  const { namespace } = caller;
  if (offset + n > slateCapacity) return false;
  const form = head.env.incoming.headers['x-api-version'] === '2' ? 'scores' : 'ids';
  const answered = keeping.recallText(
    {
      name,
      request: { user: namespace.inner(user), catalog: namespace.catalog, n, explain: false },
      part: { n, offset, exclude: excludeNone },
      record,
      isTrial: true,
    },
    { form, write: (list) => scoreText(list, { table, namespace, form }) },
    (text) => {
      identify(record, { head, route: gorseRecommendRoute }, telemetry.emit);
      send(outgoing, record, text);
      telemetry.finish(record);
      return true;
    },
  );
  return answered === true;
}

function send(outgoing: ServerResponse, record: RequestRecord, text: string): void {
  const headers = listHeaders(record);
  const bytes = Buffer.byteLength(text);
  headers['content-length'] = String(bytes);
  outgoing.writeHead(200, headers);
  // Nearly all ids are ASCII, which is written several times faster when it is said so.
  if (bytes === text.length) outgoing.end(text, 'latin1');
  else outgoing.end(text);
}
