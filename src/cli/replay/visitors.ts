import { SightlineError } from '../../domain/errors.ts';
import type { TargetOptions } from './target.ts';
import type { Click } from './timeline.ts';

/** Users of each segment. */
const perSegment = 100;

/** A user that a session asks for, so that there are features to read. */
export interface Visitor {
  readonly id: string;
  readonly segment: string | null;
}

/** The users of a replay: a hundred of each segment, whom its sessions share. */
export interface Visitors {
  readonly users: readonly Visitor[];
  /** The user of a click's session. */
  of(click: Click): string;
}

/**
 * Makes up users for the segments of recorded clicks.
 *
 * @example createVisitors(clicks).of(clicks[0]) // 'replay-poland-0'
 */
export function createVisitors(clicks: readonly Click[]): Visitors {
  const segments = [...new Set(clicks.map(({ segment }) => segment))];
  const users = segments.flatMap((segment) =>
    Array.from({ length: perSegment }, (_, n) => ({
      id: idOf(segment, n),
      segment: segment ?? null,
    })),
  );
  const numbers = new Map<string, number>();
  return {
    users,
    of({ session, segment }) {
      const number = numbers.get(session) ?? numbers.size % perSegment;
      numbers.set(session, number);
      return idOf(segment, number);
    },
  };
}

const idOf = (segment: string | undefined, number: number) =>
  `replay-${segment ?? 'nowhere'}-${number}`;

/** Puts users into a gateway. Throws `SL_GATEWAY_UNREACHABLE` where it does not take them. */
export async function putVisitors(
  url: string,
  users: readonly Visitor[],
  { key }: Pick<TargetOptions, 'key'> = {},
): Promise<void> {
  const address = `${url.replace(/\/+$/, '')}/v1/users`;
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'x-api-key': key }) },
    body: JSON.stringify(users),
  });
  const text = await answer.text();
  if (answer.ok) return;
  throw new SightlineError(
    'SL_GATEWAY_UNREACHABLE',
    `POST ${address} answered ${answer.status}: ${text.slice(0, 200)}`,
  );
}
