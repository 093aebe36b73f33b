import { timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../domain/clock.ts';
import type { SightlineError } from '../domain/errors.ts';
import type { Emit } from '../telemetry/facts.ts';
import type { AccessOptions, KeyOptions, Scope } from './access-schema.ts';
import { type Allowance, createAllowance } from './allowance.ts';
import { createGuessBrake } from './guess-brake.ts';
import { digestOf, type Environment, maxSecretLength, readDigests } from './read-digests.ts';
import { adminIsOff, errorOf, guessing, missing, type Refusal, unknown } from './refusal.ts';

/** Who calls, as far as its key tells. */
export interface Caller {
  /** Name of the key; empty where none is needed. */
  readonly name: string;
  /** Whose rows it sees; undefined for all. */
  readonly tenant: string | undefined;
  /** With `admin` come the others. */
  readonly scopes: ReadonlySet<Scope>;
}

/** What a caller shows. */
export interface Credentials {
  /** The key as it came; undefined where none did. */
  readonly presented: string | undefined;
  /** Of the other end of the connection; empty where there is none. */
  readonly address: string;
}

/** What a route demands. */
export interface Demand {
  readonly scope: Scope;
  /** Whether the route knows no tenants, and so is closed to their keys. */
  readonly isShared?: boolean;
}

/** Who may call the query listener. */
export interface Access {
  /** Whether no keys are configured: then everybody may read and write, and nobody has `admin`. */
  readonly isOpen: boolean;
  /** The tenants that keys name, sorted, each once. */
  readonly tenants: readonly string[];
  /**
   * Answers who calls, and counts the request. Throws `SL_UNAUTHORISED` without a key or with a wrong one, `SL_FORBIDDEN`
   * where the key is not good for it, `SL_RATE_LIMITED` and `SL_QUOTA_EXCEEDED` for too many requests.
   */
  admit(credentials: Credentials, demand: Demand): Caller;
  /** Whether `admit` would let in, but for the limits of the key; counts and tells nothing. */
  knows(credentials: Credentials, demand: Demand): boolean;
  /**
   * Takes other keys from now on; what a key has asked already stays counted where its limits stay. Opening what was
   * closed, or the other way round, takes a restart, and changes nothing here. Throws `SL_CONFIG_INVALID` as `createAccess`
   * does, and changes nothing then.
   */
  renew(options: AccessOptions): void;
}

/** What access is made with. */
export interface AccessParts {
  /** Holds the secrets. */
  readonly environment: Environment;
  readonly clock: Clock;
  readonly emit: Emit;
}

interface Key {
  readonly options: KeyOptions;
  readonly digest: Buffer;
  readonly caller: Caller;
  readonly allowance: Allowance;
}

const anybody: Caller = { name: '', tenant: undefined, scopes: new Set(['read', 'write']) };

/**
 * Makes the door-keeper of the query listener. A key is compared as its SHA-256 digest with those of all keys, each in
 * constant time, without an early end: O(keys) a request. Throws `SL_CONFIG_INVALID` with every secret that is missing,
 * too short, or there twice.
 *
 * @example
 * const access = createAccess(config.access, { environment: process.env, clock, emit });
 * access.admit({ presented: 'wrong', address: '10.0.0.7' }, { scope: 'read' }); // throws SL_UNAUTHORISED
 */
export function createAccess(
  options: AccessOptions,
  { environment, clock, emit }: AccessParts,
): Access {
  const isOpen = Object.keys(options.keys).length === 0;
  const brake = createGuessBrake(clock);
  let keys = makeKeys(options, { environment, clock });

  const refuse = (refusal: Refusal, address: string, { name: key } = anybody): SightlineError => {
    emit('access.refused', { reason: refusal.reason, key, address });
    return errorOf(refusal);
  };

  const admitKey = ({ presented, address }: Credentials, demand: Demand): Caller => {
    if (presented === undefined) throw refuse(missing, address);
    const seconds = brake.secondsLeft(address);
    if (seconds > 0) throw refuse({ ...guessing, seconds }, address);
    const key = find(keys, presented);
    if (key === undefined) {
      brake.failed(address);
      throw refuse(unknown, address);
    }
    brake.succeeded(address);
    const refusal = unfit(key, demand) ?? excessOf(key);
    if (refusal !== undefined) throw refuse(refusal, address, key.caller);
    return key.caller;
  };

  return {
    isOpen,
    get tenants() {
      const named = keys.flatMap(({ caller: { tenant } }) => tenant ?? []);
      return [...new Set(named)].sort();
    },
    admit(credentials, demand) {
      if (!isOpen) return admitKey(credentials, demand);
      if (demand.scope === 'admin') throw refuse(adminIsOff, credentials.address);
      return anybody;
    },
    knows({ presented, address }, demand) {
      if (isOpen) return demand.scope !== 'admin';
      if (presented === undefined || brake.secondsLeft(address) > 0) return false;
      const key = find(keys, presented);
      return key !== undefined && unfit(key, demand) === undefined;
    },
    renew(after) {
      const renewed = makeKeys(after, { environment, clock, before: keys });
      if (isOpen === (renewed.length === 0)) keys = renewed;
    },
  };
}

/** Whether a change of the section is more than `renew` can do while the gateway runs. */
export function accessNeedsRestart(before: AccessOptions, after: AccessOptions): boolean {
  const isOpen = ({ keys }: AccessOptions) => Object.keys(keys).length === 0;
  return isOpen(before) !== isOpen(after) || !isDeepStrictEqual(before.cors, after.cors);
}

function makeKeys(
  { keys }: AccessOptions,
  {
    environment,
    clock,
    before = [],
  }: Omit<AccessParts, 'emit'> & { readonly before?: readonly Key[] },
): readonly Key[] {
  const digests = readDigests(keys, environment);
  return Object.entries(keys).map(([name, options]) => {
    const { tenant, scopes: given } = options;
    const scopes = new Set<Scope>(given.includes('admin') ? ['read', 'write', 'admin'] : given);
    const known = before.find(({ caller }) => caller.name === name);
    const isSame = known !== undefined && hasSameLimits(known.options, options);
    const allowance = isSame ? known.allowance : createAllowance(options, clock);
    return { options, digest: digests.get(name)!, caller: { name, tenant, scopes }, allowance };
  });
}

const hasSameLimits = (a: KeyOptions, b: KeyOptions): boolean =>
  a.perSecond === b.perSecond && a.burst === b.burst && a.perDay === b.perDay;

/** The digest of what is being looked at; each look is over before the next begins. */
const scratch = Buffer.alloc(32);

/** The key that was shown. Its place, and whether there is one, change nothing in the time that this takes. */
function find(keys: readonly Key[], presented: string): Key | undefined {
  if (presented.length > maxSecretLength) return undefined;
  const digest = digestOf(presented, scratch);
  let found: Key | undefined;
  for (const key of keys) found = timingSafeEqual(digest, key.digest) ? key : found;
  return found;
}

/** Why a key is not good for a route; undefined where it is. */
function unfit({ caller }: Key, { scope, isShared = false }: Demand): Refusal | undefined {
  const { name, tenant, scopes } = caller;
  if (!scopes.has(scope))
    return { reason: 'scope', message: `key ${name} has not the scope ${scope}` };
  if (!isShared || tenant === undefined) return undefined;
  const message = `key ${name} is of the tenant ${tenant}, expected a path under /api`;
  return { reason: 'tenant', message };
}

function excessOf({ allowance, options, caller: { name } }: Key): Refusal | undefined {
  const excess = allowance.spend();
  if (excess === undefined) return undefined;
  const { perSecond, perDay } = options;
  const message =
    excess.reason === 'rate'
      ? `key ${name} asks more than ${perSecond} times a second`
      : `key ${name} has made its ${perDay} requests of this day`;
  return { ...excess, message };
}
