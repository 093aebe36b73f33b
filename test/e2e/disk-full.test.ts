import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useDataFolders } from '../stores/data-folder.ts';

const newFolder = useDataFolders();

/** Runs a command where `folder` is a disk of 2 MB; undefined where no disk may be mounted. */
function onSmallDisk(folder: string, command: readonly string[]): string | undefined {
  // A mount of its own: nobody else sees the disk, and it ends with the command.
  const mount = 'mount -t tmpfs -o size=2m none "$0" || exit 77; exec "$@"';
  const script = `unshare --mount true || exit 77; exec unshare --mount sh -c '${mount}' "$0" "$@"`;
  try {
    return execFileSync('sh', ['-c', script, folder, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if ((error as { status?: number }).status === 77) return undefined;
    throw error;
  }
}

test('a disk that is really full stops writes by name; all goes on when there is room', ({
  skip,
}) => {
  const folder = newFolder();
  const script = join(import.meta.dirname, 'disk-filler.ts');
  const output = onSmallDisk(folder, [process.execPath, script, folder]);
  if (output === undefined) return skip('no disk may be mounted here');
  expect(JSON.parse(output)).toEqual({
    filler: 'ENOSPC',
    set: 'SL_STORE_FULL',
    event: 1,
    read: ['present', 'absent'],
    after: { items: 2, users: 0, feedback: 1 },
    reopened: { items: 2, users: 0, feedback: 1 },
  });
});
