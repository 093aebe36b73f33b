import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { type Mistake, SightlineError } from '../../domain/errors.ts';
import { faultKinds, faultLimits } from '../../pipeline/faults/fault.ts';
import { faultValues } from '../../pipeline/faults/fault-values.ts';

const { name, match, share, afterSeconds, forSeconds, rampSeconds, delayMs, mode, stage, store } =
  faultValues;

const word = z.string().min(1).max(128);
const labels = z.record(word, word);
const listOf = <Value extends z.ZodType>(value: Value) =>
  z.union([value, z.array(value).min(1)], { error: 'is neither a value nor a list of values' });

const expectSchema = z.strictObject({
  measure: listOf(word).transform((given) => [given].flat()),
  labels: listOf(labels).transform((given) => [given].flat()),
});

const common = {
  name: name.optional(),
  at: afterSeconds,
  for: forSeconds,
  rampSeconds,
  expect: expectSchema.optional(),
};
const keep = z.number().min(0).max(1);
const matchAmong = <Label extends string>(seen: readonly [Label, ...Label[]]) =>
  z.partialRecord(z.enum(seen), word).default({});

const server = { ...common, match, share };
const faultSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('slow-store'), ...server, store, delayMs }),
    z.strictObject({ kind: z.literal('failing-store'), ...server, store }),
    z.strictObject({ kind: z.literal('missing-features'), ...server, store }),
    z.strictObject({ kind: z.literal('bad-model'), ...server, mode }),
    z.strictObject({ kind: z.literal('slow-stage'), ...server, stage, delayMs }),
    z.strictObject({ kind: z.literal('failing-stage'), ...server, stage }),
    z.strictObject({
      kind: z.literal('traffic-drop'),
      ...common,
      match: matchAmong(['work', 'segment', 'catalog']),
      keep,
    }),
    z.strictObject({
      kind: z.literal('ctr-drop'),
      ...common,
      match: matchAmong(['work', 'strategy', 'segment', 'catalog']),
      keep,
    }),
  ],
  {
    error: `is no fault, expected a kind of ${[...faultKinds, 'traffic-drop', 'ctr-drop'].join(', ')}`,
  },
);

const scriptSchema = z.strictObject({
  clicks: z.enum(['all', 'shown']).default('all'),
  faults: z.array(faultSchema).min(1).max(100),
});

type GivenFault = z.output<typeof faultSchema>;

/** A fault of a script: from second `at` of the replay on, for `for` seconds. */
export type ScriptedFault = GivenFault & { readonly name: string };

/** A fault that the player plays, by leaving something out. */
export type PlayerFault = Extract<ScriptedFault, { readonly keep: number }>;
/** A fault that the gateway plays. */
export type GatewayFault = Exclude<ScriptedFault, PlayerFault>;

/** What a replay breaks, and when. */
export interface FaultScript {
  /** Which clicks name the answer before them: all, or those on an item that it showed. */
  readonly clicks: 'all' | 'shown';
  readonly faults: readonly ScriptedFault[];
}

/** Whether the player plays a fault. */
export const isPlayerFault = (fault: ScriptedFault): fault is PlayerFault => 'keep' in fault;

/** Reads a script. Throws `SL_DATA_INVALID` with every mistake in it. */
export function readFaultScript(file: string): FaultScript {
  if (!existsSync(file)) throw invalid(file, [{ path: '', message: 'does not exist' }]);
  return parseFaultScript(readFileSync(file, 'utf8'), file);
}

/**
 * Reads the text of a script; `file` is what its mistakes are told of. Throws `SL_DATA_INVALID` with every mistake.
 *
 * @example
 * parseFaultScript('faults: [{ at: 60, for: 60, kind: slow-store, delayMs: 40 }]', 'f.yaml').faults[0].name
 * // 'slow-store 1'
 */
export function parseFaultScript(text: string, file: string): FaultScript {
  let raw: unknown;
  try {
    raw = parseYaml(text);
  } catch (cause) {
    throw invalid(file, [{ path: '', message: `is not YAML: ${(cause as Error).message}` }]);
  }
  const result = scriptSchema.safeParse(raw);
  if (!result.success) {
    throw invalid(
      file,
      result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    );
  }
  const { clicks } = result.data;
  const faults = result.data.faults.map((fault, f) => ({
    ...fault,
    name: fault.name ?? `${fault.kind} ${f + 1}`,
  }));
  const mistakes = crossCheck(faults);
  if (mistakes.length > 0) throw invalid(file, mistakes);
  return { clicks, faults };
}

function crossCheck(faults: readonly ScriptedFault[]): Mistake[] {
  const names = faults.map((fault) => fault.name);
  const mistakes = faults.flatMap((fault, f) => [
    ...(names.indexOf(fault.name) < f
      ? [{ path: `faults.${f}.name`, message: `${fault.name} stands twice, expected once` }]
      : []),
    ...(fault.rampSeconds > fault.for
      ? [{ path: `faults.${f}.rampSeconds`, message: `is longer than for: ${fault.for}` }]
      : []),
  ]);
  const count = faults.filter((fault) => !isPlayerFault(fault)).length;
  if (count > faultLimits.faults) {
    const message = `has ${count} faults for the gateway, expected at most ${faultLimits.faults}`;
    mistakes.push({ path: 'faults', message });
  }
  return mistakes;
}

function invalid(file: string, mistakes: readonly Mistake[]): SightlineError {
  const lines = mistakes.map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  );
  return new SightlineError('SL_DATA_INVALID', `script ${file} is wrong: ${lines.join('; ')}`, {
    mistakes,
  });
}
