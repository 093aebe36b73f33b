import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockFolder } from '../../src/stores/folder-lock.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();
const room = resolve(import.meta.dirname, '../../src/stores');

test('another process is refused by pid while the first lives, and let in once it was killed', async () => {
  const folder = newFolder();
  const code = `
    import { lockFolder } from ${JSON.stringify(join(room, 'folder-lock.ts'))};
    // Kept, as a lock that nobody holds is collected and let go.
    globalThis.lock = lockFolder(${JSON.stringify(folder)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const locked = {
    code: 'SL_STORE_LOCKED',
    message: `data folder ${folder} is open in process ${child.pid}, expected no other process`,
  };
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining(locked));
  rmSync(join(folder, 'lock.pid'));
  expect(() => lockFolder(folder)).toThrow('process unknown');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
  lock.release();
  lockFolder(folder).release();
});
