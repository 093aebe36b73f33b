import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TableKind } from '../../../src/stores/tables/global-table.ts';
import type { TableSource } from '../../../src/stores/tables/table-file.ts';

/** A file of this content in a folder that goes when the test ends, as a source of a table. */
export function tableSource(
  kind: TableKind,
  content: string | Uint8Array,
  overrides: Partial<TableSource> = {},
): TableSource {
  const folder = mkdtempSync(join(tmpdir(), 'tables-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'table');
  writeFileSync(file, content);
  return { kind, file, format: 'text', maxKeys: 100_000, maxBytes: 1 << 24, ...overrides };
}
