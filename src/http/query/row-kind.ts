import type { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Rows, TableName } from '../../stores/store.ts';

/** What differs between one keyed table of the query port and another. */
export interface RowKind<
  Table extends TableName = TableName,
  Input extends z.ZodType = z.ZodType,
  Patch extends z.ZodType = z.ZodType,
> {
  readonly table: Table;
  readonly singular: string;
  /** The code for an id that is not there. */
  readonly unknown: ErrorCode;
  readonly input: Input;
  readonly patch: Patch;
  /** The schema of a row as it is shown. */
  readonly shown: z.ZodType;
  readonly examples: {
    readonly input: object;
    readonly patch: object;
    readonly shown: object;
  };
  toRow(input: z.output<Input>): Rows[Table];
  merge(row: Rows[Table], patch: z.output<Patch>): Rows[Table];
  show(row: Rows[Table]): unknown;
  put(rows: readonly Rows[Table][]): Promise<void>;
  /** Answers whether the row was there. */
  remove(id: string): Promise<boolean>;
}
