import { SightlineError } from '../../domain/errors.ts';

/** A click on its way to the gateway. */
export interface SentClick {
  /** Makes sending it twice harmless. */
  readonly key: string;
  readonly type: string;
  readonly session: string;
  readonly item: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** The answer that stood on the page. */
  readonly requestId?: string | undefined;
}

/** An answer to a recommendation call; `status` 0 is none at all. */
export interface RecommendAnswer {
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly items: readonly string[];
  readonly strategy: string;
  readonly fallbackReason: string;
}

/** An answer to a post of clicks. */
export interface PostAnswer {
  readonly status: number;
  readonly rejected: number;
}

/** A running gateway, seen from outside. */
export interface Target {
  /** Throws `SL_GATEWAY_UNREACHABLE` when nothing answers there. */
  reach(): Promise<void>;
  recommend(
    work: string,
    ask: {
      session: string;
      user?: string | undefined;
      segment?: string | undefined;
      catalog?: string | undefined;
      n: number;
    },
  ): Promise<RecommendAnswer>;
  /** Posts clicks; answers the status, 0 for none at all, and how many clicks were refused one by one. */
  post(clicks: readonly SentClick[]): Promise<PostAnswer>;
}

/** How to speak to a gateway. */
export interface TargetOptions {
  /** Shown to the query port; undefined where it needs none. */
  readonly key?: string | undefined;
  readonly timeoutMs?: number;
}

/** Speaks to a gateway over HTTP; connections are kept and used again. */
export function createTarget(url: string, { key, timeoutMs = 10_000 }: TargetOptions = {}): Target {
  const base = url.replace(/\/+$/, '');
  const post = (path: string, body: unknown) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { 'x-api-key': key }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });

  return {
    async reach() {
      try {
        const answer = await fetch(`${base}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
        await answer.arrayBuffer();
        if (answer.ok) return;
        throw new Error(`GET /healthz answered ${answer.status}`);
      } catch (cause) {
        throw new SightlineError('SL_GATEWAY_UNREACHABLE', `no gateway answers at ${base}`, {
          cause,
        });
      }
    },

    async recommend(work, { session, user, segment, catalog, n }) {
      try {
        const answer = await post(`/v1/recommend/${encodeURIComponent(work)}`, {
          session,
          user,
          segment,
          catalog,
          n,
        });
        const body: unknown = await answer.json();
        return readAnswer(answer.status, body);
      } catch {
        return { status: 0, items: [], strategy: '', fallbackReason: '' };
      }
    },

    async post(clicks) {
      try {
        const answer = await post('/v1/feedback', clicks.map(eventOf));
        const body = (await answer.json()) as { rejected?: readonly unknown[] } | null;
        return { status: answer.status, rejected: body?.rejected?.length ?? 0 };
      } catch {
        return { status: 0, rejected: 0 };
      }
    },
  };
}

function eventOf({ key, type, session, item, atMs, requestId }: SentClick): object {
  return { id: key, type, item, session, timestamp: atMs, request_id: requestId };
}

function readAnswer(status: number, body: unknown): RecommendAnswer {
  const answer = (body ?? {}) as {
    request_id?: string;
    items?: readonly { id: string }[];
    strategy?: string;
    fallback_reason?: string | null;
  };
  return {
    status,
    requestId: answer.request_id,
    items: (answer.items ?? []).map(({ id }) => id),
    strategy: answer.strategy ?? '',
    fallbackReason: answer.fallback_reason ?? 'none',
  };
}
