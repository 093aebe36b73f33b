import { vi } from 'vitest';
import type { Clock } from '../../../src/domain/clock.ts';
import type { Gateway } from '../../../src/gateway.ts';
import { createQueryApp } from '../../../src/http/query/app.ts';
import {
  type ConfigChanges,
  openTestGateway,
  type TestGateway,
  testClock,
} from '../open-test-gateway.ts';

/** An answer of the Gorse API. */
export interface GorseAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON; a claim of the caller's. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  readonly json: any;
}

/** A shop with the Gorse API. */
export interface GorseShop extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly house: TestGateway;
  /** Asks a route; a body that is not text is sent as JSON. */
  call(method: string, path: string, more?: CallMore): Promise<GorseAnswer>;
  /** Resolves when no training run is on or waits. */
  settle(): Promise<void>;
}

/** What goes with a call. */
interface CallMore {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The key of the administrator of a test shop. */
const adminSecret = 'operating-secret-0123456789';

/** The headers of an administrator. */
export const asAdmin = { 'x-api-key': adminSecret } as const;

/**
 * Opens the test shop with a section `gorse`, which may be changed. Where it has an admin, there is a key for it, which goes
 * with every call that shows no other.
 */
export async function openGorseGateway(
  { gorse = {}, ...changes }: ConfigChanges = {},
  { clock = testClock }: { readonly clock?: Clock } = {},
): Promise<GorseShop> {
  const hasAdmin = (gorse as { readonly admin?: boolean }).admin === true;
  const keys = { ops: { secret: 'OPS_KEY', scopes: ['admin'] } };
  const house = await openTestGateway(
    { gorse, ...(hasAdmin && { access: { keys } }), ...changes },
    { clock, environment: { OPS_KEY: adminSecret } },
  );
  const { gateway } = house;
  const app = createQueryApp(gateway, { clock });
  return {
    gateway,
    house,
    async call(method, path, { body, headers } = {}) {
      const response = await app.request(path, {
        method,
        headers: {
          ...(hasAdmin && asAdmin),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const type = response.headers.get('content-type');
      return {
        ...{ status: response.status, type, headers: response.headers, text },
        json: type === 'application/json' && text !== '' ? JSON.parse(text) : undefined,
      };
    },
    async settle() {
      await vi.waitUntil(() => gateway.training.tasks().every(({ state }) => state === 'ended'), {
        timeout: 30_000,
        interval: 20,
      });
    },
    [Symbol.asyncDispose]: () => house.close(),
  };
}
