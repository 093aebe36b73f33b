import type { z } from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import type { Rows } from '../../stores/store.ts';
import type { Namespace } from './namespace.ts';
import type { SizedRow } from './quota.ts';

/** A keyed table that the Gorse API shows. */
export type GorseTable = 'users' | 'items';

/** What differs between users and items in the Gorse API. */
export interface GorseRowKind<
  Table extends GorseTable = GorseTable,
  Input extends SizedRow = SizedRow,
  Patch extends SizedRow = SizedRow,
> {
  readonly table: Table;
  readonly singular: 'user' | 'item';
  /** What a list of rows stands under. */
  readonly listName: 'Users' | 'Items';
  /** The code for an id that is not there. */
  readonly unknown: ErrorCode;
  readonly schemas: {
    readonly input: z.ZodType;
    readonly patch: z.ZodType;
    readonly shown: z.ZodType;
  };
  readonly examples: {
    readonly input: object;
    readonly patch: object;
    readonly shown: object;
  };
  /** Read a row and a change of one; both throw `SL_REQUEST_INVALID`. */
  readInput(given: unknown): Input;
  readPatch(given: unknown): Patch;
  /** Reads a row of an import: what Gorse has no word for may stand beside its fields. */
  readImport(given: unknown): Input;
  idOf(input: Input): string;
  /** The row to put in the place of `before`. */
  toRow(input: Input, place: RowPlace<Table>): Rows[Table];
  /** The row of an id that only feedback named. */
  blank(id: string, namespace: Namespace): Rows[Table];
  merge(row: Rows[Table], patch: Patch): Rows[Table];
  show(row: Rows[Table], namespace: Namespace): object;
  put(rows: readonly Rows[Table][]): Promise<void>;
  /** Deletes the row and its feedback. */
  forget(id: string): Promise<boolean>;
}

/** Where a row comes to stand. */
export interface RowPlace<Table extends GorseTable> {
  readonly namespace: Namespace;
  /** The row that has the id by now. */
  readonly before: Rows[Table] | undefined;
}
