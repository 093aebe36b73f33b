import type { OptionsSchema } from '../../domain/options-schema.ts';
import type { FeatureStore } from './feature-store.ts';

/** How feature stores of one kind are opened; plugins bring more of them. */
export interface FeatureStoreKind<Options = unknown> {
  /** One line for people. */
  readonly summary: string;
  /** Absent where there are no options. */
  readonly options?: OptionsSchema<Options> | undefined;
  /** Opens the store that is configured as `name`. What it throws or rejects with fails the start, with its name. */
  open(options: Options, store: { readonly name: string }): FeatureStore | Promise<FeatureStore>;
}
