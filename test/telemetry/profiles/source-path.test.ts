import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { sourcePath } from '../../../src/telemetry/profiles/source-path.ts';

const project = `${import.meta.dirname.replace(/test.telemetry.profiles$/, '')}`;

const shown: readonly [url: string, path: string][] = [
  [pathToFileURL(`${project}src/gateway.ts`).href, 'src/gateway.ts'],
  [`${project}src/gateway.ts`, 'src/gateway.ts'],
  [`${project}node_modules/pino/pino.js`, 'node_modules/pino/pino.js'],
  ['file:///srv/app/node_modules/a/node_modules/b/index.js', 'node_modules/b/index.js'],
  ['/srv/app/node_modules/b/index.js', 'node_modules/b/index.js'],
  ['C:\\shop\\plugins\\own.js', 'own.js'],
  ['file:///home/ann/plugins/own.ts', 'own.ts'],
  ['/home/ann/plugins/own.cjs', 'own.cjs'],
  ['data:text/javascript;base64,aGVsbG8=', 'data:'],
  ['node:internal/timers', 'node:internal/timers'],
  ['wasm://wasm/2046d8b6', 'wasm://wasm/2046d8b6'],
  ['', ''],
];

test.each(shown)('%s is shown as %s', (url, path) => {
  expect(sourcePath(url)).toBe(path);
});
