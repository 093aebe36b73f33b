import { afterEach, expect, test, vi } from 'vitest';
import { keepCompiledCode } from '../../src/cli/compile-cache.ts';

afterEach(() => vi.unstubAllEnvs());

test('compiled code goes to the cache folder of the user, unless another is named', () => {
  vi.stubEnv('NODE_COMPILE_CACHE', undefined);
  vi.stubEnv('XDG_CACHE_HOME', '/somewhere/cache');
  keepCompiledCode();
  expect(process.env.NODE_COMPILE_CACHE).toBe('/somewhere/cache/sightline');
  vi.stubEnv('NODE_COMPILE_CACHE', '/elsewhere');
  keepCompiledCode();
  expect(process.env.NODE_COMPILE_CACHE).toBe('/elsewhere');
});
