import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDiskBlobs } from '../../src/models/blob-store.ts';
import { blobStoreContract } from '../contracts/blob-store.ts';

const root = mkdtempSync(join(tmpdir(), 'sightline-blobs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

blobStoreContract('store of blobs on a disk', () =>
  openDiskBlobs(join(mkdtempSync(join(root, 'blobs-')), 'not', 'there', 'yet')),
);

test('nothing is left of a write that fails', async () => {
  const folder = mkdtempSync(join(root, 'blobs-'));
  // A folder cannot be replaced by a file.
  mkdirSync(join(folder, 'm', 'current'), { recursive: true });
  await expect(openDiskBlobs(folder).put('m/current', new Uint8Array(9))).rejects.toThrow();
  expect(readdirSync(join(folder, 'm'))).toEqual(['current']);
});
