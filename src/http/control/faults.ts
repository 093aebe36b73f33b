import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { type Fault, faultLimits } from '../../pipeline/faults/fault.ts';
import { faultValues } from '../../pipeline/faults/fault-values.ts';
import type { FaultStatus, Faults } from '../../pipeline/faults.ts';
import type { HttpContext } from '../env.ts';
import { parse } from '../errors.ts';
import { isoTime } from '../instant.ts';
import { readJson } from '../json-body.ts';

const { name, match, share, afterSeconds, forSeconds, rampSeconds, delayMs, mode, stage, store } =
  faultValues;
const common = {
  name,
  match,
  share,
  after_seconds: afterSeconds,
  for_seconds: forSeconds,
  ramp_seconds: rampSeconds,
};

const faultSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('slow-store'), ...common, store, delay_ms: delayMs }),
    z.strictObject({ kind: z.literal('failing-store'), ...common, store }),
    z.strictObject({ kind: z.literal('missing-features'), ...common, store }),
    z.strictObject({ kind: z.literal('bad-model'), ...common, mode }),
    z.strictObject({ kind: z.literal('slow-stage'), ...common, stage, delay_ms: delayMs }),
    z.strictObject({ kind: z.literal('failing-stage'), ...common, stage }),
  ])
  .meta({ id: 'Fault', description: 'Something that is broken on purpose, for a time' });

/** The body of `PUT /control/faults`. */
export const faultsBodySchema = z
  .strictObject({ faults: z.array(faultSchema).max(faultLimits.faults) })
  .meta({ id: 'Faults', description: 'The faults in place from now on, instead of all others' });

/** The answer of all methods of `/control/faults`. */
export const faultsSchema = z.strictObject({
  faults: z.array(
    z.strictObject({
      fault: faultSchema,
      state: z.enum(['waiting', 'active']),
      begins_at: z.iso.datetime(),
      ends_at: z.iso.datetime(),
      struck: z
        .int()
        .meta({ description: 'Times it struck; a bad model strikes once for each scorer' }),
    }),
  ),
});

/** A body for the document. */
export const faultsExample = {
  faults: [
    {
      name: 'slow store for poland',
      kind: 'slow-store',
      match: { segment: 'poland' },
      for_seconds: 60,
      delay_ms: 40,
    },
  ],
};

/** The faults that are not over. Throws `SL_NOT_FOUND` where faults are off. */
export function listFaults(gateway: Gateway): z.output<typeof faultsSchema> {
  return { faults: faultsOf(gateway).status().map(showFault) };
}

/** Puts the faults of a body in the place of all others. Throws `SL_NOT_FOUND` where faults are off. */
export async function putFaults(
  gateway: Gateway,
  c: HttpContext,
): Promise<z.output<typeof faultsSchema>> {
  const faults = faultsOf(gateway);
  const body = parse(faultsBodySchema, await readJson(c, gateway.config.http.bodyLimitBytes));
  faults.put(body.faults.map(toFault));
  return listFaults(gateway);
}

/** Ends all faults. Throws `SL_NOT_FOUND` where faults are off. */
export function endFaults(gateway: Gateway): z.output<typeof faultsSchema> {
  faultsOf(gateway).put([]);
  return listFaults(gateway);
}

function faultsOf({ faults }: Gateway): Faults {
  if (faults !== undefined) return faults;
  throw new SightlineError('SL_NOT_FOUND', 'faults are off, expected faults.enabled to be true');
}

type WireFault = z.output<typeof faultSchema>;

function showFault({ fault, state, beginsAtMs, endsAtMs, struck }: FaultStatus) {
  return {
    fault: renamed(fault, snakeCase) as unknown as WireFault,
    state,
    begins_at: isoTime(beginsAtMs),
    ends_at: isoTime(endsAtMs),
    struck,
  };
}

const toFault = (given: WireFault) => renamed(given, camelCase) as unknown as Fault;

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (key: string) =>
  key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** The fields have the same values on the wire and other names. */
function renamed(fault: object, nameOf: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fault).map(([key, value]) => [nameOf(key), value]));
}
