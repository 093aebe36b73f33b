/** What a schema that speaks Standard JSON Schema (standardschema.dev) has beside validation; Zod 4.2 and ArkType do. */
interface Describing {
  readonly '~standard': {
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: string }) => Record<string, unknown>;
    };
  };
}

/**
 * The options that a schema accepts, as JSON Schema 2020-12; null where it cannot tell.
 *
 * @example optionsJsonSchema(z.strictObject({ pool: z.int().default(64) }))?.type // 'object'
 */
export function optionsJsonSchema(schema: object): Record<string, unknown> | null {
  const { jsonSchema } = (schema as Describing)['~standard'];
  try {
    return jsonSchema?.input({ target: 'draft-2020-12' }) ?? null;
  } catch {
    // Some schemas check what JSON Schema cannot say.
    return null;
  }
}
