import { expect, test } from 'vitest';
import { isLoopback } from '../../src/domain/loopback.ts';

test('this machine is told from others', () => {
  for (const here of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', 'localhost'])
    expect(isLoopback(here)).toBe(true);
  for (const other of ['0.0.0.0', '::', '10.0.0.7', '127.0.0.1.example', 'localhost.example', ''])
    expect(isLoopback(other)).toBe(false);
});
