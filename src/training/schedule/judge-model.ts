import { isDeepStrictEqual } from 'node:util';
import type { FramedModel } from '../../models/file.ts';
import { modelKinds } from '../../models/index.ts';
import type { Interactions, Model } from '../../models/model.ts';
import type { Registry } from '../../models/registry.ts';
import type { VersionRecord } from '../../models/version-record.ts';
import { ItemTable } from '../../stores/item-table.ts';
import { evaluateModel } from '../evaluation/evaluate-model.ts';
import type { ModelGateOptions } from '../training-schema.ts';
import { type GateBasis, type GateVerdict, judgeCandidate, type MeasuredVersion } from './gate.ts';
import type { HoldOut, Incumbent } from './plan-hold-out.ts';
import { probeModel } from './probe-model.ts';

/** A model and how its options read, defaults filled in. */
export interface Recipe {
  readonly kind: string;
  readonly options: unknown;
}

/** The version that a candidate would replace. */
export interface CurrentVersion extends Incumbent {
  readonly model: FramedModel;
  readonly recipe: Recipe;
}

/** What a candidate came to. */
export interface Judgement extends GateVerdict {
  readonly basis: GateBasis;
  readonly measured: MeasuredVersion;
}

/** The current version of a model; undefined where there is none, or it cannot be read: then nothing is lost with it. */
export async function readCurrentVersion(
  registry: Pick<Registry, 'readCurrent' | 'record'>,
  name: string,
  recipe: Recipe,
): Promise<CurrentVersion | undefined> {
  const model = await registry.readCurrent(name, recipe.kind).catch(() => undefined);
  if (model === undefined) return undefined;
  const { version, trainedAtMs } = model.stamp;
  const record: VersionRecord | undefined = await registry.record(name, version);
  const own = record === undefined ? recipe : { kind: record.kind, options: record.options };
  return {
    model,
    recipe: own,
    // Recipes are written as JSON.
    hasSameRecipe: isDeepStrictEqual(own, JSON.parse(JSON.stringify(recipe))),
    learntUntilMs: record?.data.lastAtMs ?? trainedAtMs,
  };
}

/** What judging is done with. */
export interface JudgeTools {
  readonly holdOut: HoldOut;
  readonly options: ModelGateOptions;
  readonly current: CurrentVersion | undefined;
  /** Learns a recipe from the part before the hold-out. */
  readonly learn: (recipe: Recipe) => Uint8Array;
}

/** Judges the payload of a candidate that learnt the part before the hold-out. */
export function judgeModel(
  { kind, payload }: { readonly kind: string; readonly payload: Uint8Array },
  { holdOut, options, current, learn }: JudgeTools,
): Judgement {
  const { split, basis, every } = holdOut;
  const table = tableOf(split.before, split.after);
  const measure = (of: string, bytes: Uint8Array): MeasuredVersion => {
    const model = loadCandidate(of, bytes, table);
    return {
      quality: evaluateModel(model, split, table, { every }),
      probe: probeModel(model, split.after, table),
    };
  };
  const measured = measure(kind, payload);
  const other = measureOther(basis, { current, learn }, measure);
  const held = current !== undefined && other === undefined && basis !== 'none' ? 'first' : basis;
  return { ...judgeCandidate(measured, other, { basis: held, options }), basis: held, measured };
}

/** A version that cannot be loaded, or a recipe that its kind does not take any more, serves nobody: nothing is lost with it. */
function measureOther(
  basis: GateBasis,
  parts: Pick<JudgeTools, 'current' | 'learn'>,
  measure: (kind: string, payload: Uint8Array) => MeasuredVersion,
): MeasuredVersion | undefined {
  try {
    const other = payloadToBeat(basis, parts);
    return other && measure(other.kind, other.payload);
  } catch {
    return undefined;
  }
}

function payloadToBeat(
  basis: GateBasis,
  { current, learn }: Pick<JudgeTools, 'current' | 'learn'>,
): { readonly kind: string; readonly payload: Uint8Array } | undefined {
  if (current === undefined) return undefined;
  const { model, recipe } = current;
  if (basis === 'as-is') return { kind: model.stamp.kind, payload: model.payload };
  return basis === 'refit' ? { kind: recipe.kind, payload: learn(recipe) } : undefined;
}

/** Makes a model of a payload that is not kept yet. Throws `SL_MODEL_CORRUPT`. */
export function loadCandidate(kind: string, payload: Uint8Array, table: ItemTable): Model {
  return modelKinds[kind].load(payload, { kind, version: '', trainedAtMs: 0 }, table);
}

/** A table of all items that occur. */
export function tableOf(...parts: readonly Interactions[]): ItemTable {
  const table = new ItemTable();
  const shown = { catalog: '', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (const { items } of parts) for (const id of items) table.upsert({ id, ...shown });
  return table;
}
