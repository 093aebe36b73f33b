/**
 * What checks the options of something that is named in the configuration: any schema that speaks Standard Schema
 * (standardschema.dev), as those of Zod, Valibot and ArkType do, so that an author brings a library of their own or none.
 */
export interface OptionsSchema<Options> {
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => Checked<Options> | Promise<Checked<Options>>;
    readonly types?: { readonly output: Options } | undefined;
  };
}

type Checked<Options> =
  | { readonly value: Options; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
