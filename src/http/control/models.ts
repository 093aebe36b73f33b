import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import type { KeptVersion } from '../../models/registry.ts';
import type { HttpContext } from '../env.ts';
import { parse } from '../errors.ts';
import { isoTime } from '../instant.ts';
import { readJson } from '../json-body.ts';

const versionSchema = z
  .strictObject({
    version: z.string(),
    current: z.boolean().meta({ description: 'Whether the next generation serves with it' }),
    trained_at: z.iso.datetime().nullable(),
    promoted_at: z.iso.datetime().nullable(),
    trigger: z.string().nullable().meta({ description: 'What set its training off' }),
    run: z.string().nullable(),
    parent: z.string().nullable().meta({ description: 'The version that served meanwhile' }),
    options: z.unknown().meta({ description: 'Options of the kind, defaults filled in' }),
    data: z
      .strictObject({ hash: z.string(), events: z.int(), sessions: z.int(), items: z.int() })
      .nullable(),
    quality: z
      .record(z.string(), z.union([z.string(), z.number()]).optional())
      .nullable()
      .meta({ description: 'On the hold-out, with the number of cases' }),
    gate: z
      .strictObject({
        verdict: z.enum(['promote', 'reject']),
        basis: z.string().meta({
          description:
            'What it was compared with: `as-is`, the version of then; `refit`, its recipe on the same past; `first` and `none`, nothing',
        }),
        reasons: z.array(z.string()),
        difference: z
          .strictObject({ mean: z.number(), low: z.number(), high: z.number() })
          .nullable()
          .meta({ description: 'NDCG minus that of the other, with a 95 % interval' }),
      })
      .nullable(),
    seconds: z.number().nullable(),
    bytes: z.int().nullable(),
    threads: z.int().nullable(),
  })
  .meta({ id: 'ModelVersion', description: 'Null where nothing is known of it' });

/** The answer of `GET /control/models` and of what promotes and rolls back. */
export const modelsSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      state: z.enum(['ready', 'unavailable']),
      version: z.string().nullable(),
      trained_at: z.iso.datetime().nullable(),
      reason: z.string().nullable().meta({ description: 'Why it is unavailable: an error code' }),
      versions: z.array(versionSchema).meta({ description: 'Those that are kept, newest first' }),
    }),
  ),
});

/** The path parameter of a model. */
export const modelParams = z.object({
  name: z.string().meta({ description: 'A name that `GET /control/models` lists' }),
});

/** The body of `POST /control/models/{name}/promote`. */
export const promoteBodySchema = z
  .strictObject({
    version: z
      .string()
      .regex(/^[0-9a-f]{12}$/, 'must be 12 hex digits')
      .meta({ description: 'A version that is kept' }),
  })
  .meta({ id: 'PromoteModel' });

/** Every configured model, whether it can be used, and its versions. */
export async function listModels(gateway: Gateway): Promise<z.output<typeof modelsSchema>> {
  const models = gateway
    .models()
    .map(async ({ name, kind, state, version, trainedAtMs, reason }) => ({
      ...{ name, kind, state, version: version ?? null, reason: reason ?? null },
      trained_at: trainedAtMs === undefined ? null : isoTime(trainedAtMs),
      versions: (await gateway.training.history(name)).map(showVersion),
    }));
  return { models: await Promise.all(models) };
}

/** Lets a kept version of a model serve. Throws `SL_NOT_FOUND`, `SL_GENERATION_FAILED`, `SL_GENERATIONS_FULL`. */
export async function promoteModel(
  gateway: Gateway,
  c: HttpContext,
): Promise<z.output<typeof modelsSchema>> {
  const body = parse(promoteBodySchema, await readJson(c, gateway.config.http.bodyLimitBytes));
  await gateway.training.promote(c.req.param('name')!, body.version);
  return listModels(gateway);
}

/** Lets the version of a model serve again that did before. Throws as `promoteModel` does. */
export async function rollBackModel(
  gateway: Gateway,
  name: string,
): Promise<z.output<typeof modelsSchema>> {
  await gateway.training.rollBack(name);
  return listModels(gateway);
}

function showVersion({
  version,
  isCurrent: current,
  record,
}: KeptVersion): z.output<typeof versionSchema> {
  const { gate = null, data, quality, lineage } = record ?? {};
  return {
    ...{ version, current },
    trained_at: record === undefined ? null : isoTime(record.trainedAtMs),
    promoted_at: record?.promotedAtMs == null ? null : isoTime(record.promotedAtMs),
    trigger: lineage?.trigger ?? null,
    run: lineage?.run ?? null,
    parent: lineage?.parent ?? null,
    options: record?.options ?? null,
    data:
      data === undefined
        ? null
        : { hash: data.hash, events: data.events, sessions: data.sessions, items: data.items },
    quality: quality == null ? null : showQuality(quality),
    gate: gate && {
      ...{ verdict: gate.verdict, basis: gate.basis, difference: gate.difference },
      reasons: gate.reasons.map(({ message }) => message),
    },
    seconds: record?.seconds ?? null,
    bytes: record?.bytes ?? null,
    threads: record?.threads ?? null,
  };
}

function showQuality({
  hitRate,
  ...rest
}: NonNullable<NonNullable<KeptVersion['record']>['quality']>) {
  return { ...rest, hit_rate: hitRate };
}
