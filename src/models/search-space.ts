/** Values that an option may be tried with. */
export type Dimension =
  | {
      /** `log`: as likely between 1 and 10 as between 10 and 100; `int` values are whole. */
      readonly scale: 'linear' | 'log';
      readonly min: number;
      readonly max: number;
      readonly int?: boolean;
    }
  | { readonly choices: readonly (string | number | boolean)[] };

/**
 * The options of a model kind that are worth tuning, the others keep their values.
 *
 * @example const space: SearchSpace<EaseOptions> = { lambda: { scale: 'log', min: 10, max: 5000 } };
 */
export type SearchSpace<Options> = { readonly [Name in keyof Options]?: Dimension };
