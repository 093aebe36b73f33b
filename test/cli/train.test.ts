import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openServer } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createRecordingTerminal } from './recording-terminal.ts';
import { createTinyShop, type TinyShop } from './tiny-shop.ts';

let shop: TinyShop;

beforeEach(() => {
  shop = createTinyShop();
});

afterEach(() => shop.remove());

async function run(command: string, ...words: string[]) {
  const terminal = createRecordingTerminal();
  const code = await main([command, '--config', shop.config, ...words], terminal);
  return { code, ...terminal.written };
}

test('all models are trained, after an import into an empty store, and a check sees them', async () => {
  const before = await run('check');
  expect(before.out.match(/not trained yet/g)).toHaveLength(3);
  const trained = await run('train');
  expect(trained.code).toBe(0);
  expect(trained.err).toContain('importing data 100 %');
  expect(trained.out).toMatch(/^markov-1 saved: \d+ bytes/m);
  expect(trained.out).toMatch(/^popular saved: \d+ bytes/m);
  expect((await run('check')).out.match(/trained, version [0-9a-f]{12}/g)).toHaveLength(2);
});

test('only the named models are trained', async () => {
  expect((await run('train', 'popular')).out).toMatch(/^popular saved: \d+ bytes[^\n]*\n$/);
  expect((await run('check')).out.match(/trained, version [0-9a-f]{12}/g)).toHaveLength(1);
});

test('a model that is not declared is refused before anything is opened', async () => {
  const { code, err } = await run('train', 'popluar', 'magic');
  expect(code).toBe(2);
  expect(err).toContain('model popluar is not declared, did you mean popular');
  expect(err).toContain('model magic is not declared, expected one of markov-1, popular');
  expect((await run('check')).out).toContain('make the data folder');
});

test('models are trained on the data of a gateway that runs', async () => {
  const environment = { SIGHTLINE_REQUEST_LOG: 'none', SIGHTLINE_LOG_LEVEL: 'error' };
  const server = await openServer({
    config: readConfig(shop.config, environment),
    environment: {},
    onProgress: () => {},
  });
  try {
    const { code, out } = await run('train', 'popular');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^popular saved: \d+ bytes/),
    });
  } finally {
    await server.close();
  }
});

test('the versions of models are listed with what is known of them', async () => {
  expect((await run('models')).out).toBe(
    'markov-1 (markov-1) not trained yet\npopular (popular) not trained yet\n',
  );
  await run('train', 'popular');
  await run('train', '--force', 'popular');
  const lines = (await run('models')).out.split('\n');
  expect(lines).toEqual([
    'markov-1 (markov-1) not trained yet',
    'popular (popular)',
    expect.stringMatching(/^ {2}[0-9a-f]{12} {2}current {2}trained .* \(manual\)$/),
    expect.stringMatching(
      /^ {2}[0-9a-f]{12} {11}trained .* \(manual\), NDCG 0\.\d{4} of 60 cases$/,
    ),
    '',
  ]);
});
