import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig, readConfig } from '../src/config.ts';
import { SightlineError } from '../src/domain/errors.ts';

const shipped = readFileSync('sightline.yaml', 'utf8');

const mistakesOf = (text: string, environment: Record<string, string> = {}) => {
  try {
    parseConfig(text, environment);
  } catch (error) {
    return (error as SightlineError).mistakes;
  }
  return [];
};

const minimal = `
models: { popular: { kind: popular } }
works:
  home:
    surface: user
    strategy: popular
    stages:
      - { stage: intent }
      - { stage: retrieve, use: [{ algorithm: popular }] }
      - { stage: score, use: [{ algorithm: popular, weight: 1 }] }
      - { stage: rerank, use: score }
      - { stage: filter, use: [hidden] }
`;

test('the shipped configuration is right', () => {
  expect(Object.keys(parseConfig(shipped, {}).works)).toEqual(['home', 'session', 'similar']);
});

test('what is left out gets its default', () => {
  const config = parseConfig(minimal, {});
  expect(config.http.query).toEqual({ host: '127.0.0.1', port: 8080 });
  expect(config.http.control.host).toBe('127.0.0.1');
  expect(config.works.home.budgetMs).toBe(100);
});

test('every mistake is reported at once, each with its path', () => {
  const text = minimal
    .replace('surface: user', 'surface: planet')
    .replace('algorithm: popular, weight', 'algorithm: magic, weight')
    .concat('http: { query: { port: 99999 }, colour: red }\n');
  const paths = mistakesOf(text).map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'http.query.port',
      'http',
      'works.home.surface',
      'works.home.stages.2.use.0.algorithm',
    ]),
  );
});

test('a stage that names an algorithm nobody declared is told which there are', () => {
  const [mistake] = mistakesOf(
    minimal.replace('algorithm: popular, weight', 'algorithm: magic, weight'),
  );
  expect(mistake).toEqual({
    path: 'works.home.stages.2.use.0.algorithm',
    message: 'algorithm magic is not declared, expected one of popular, query, feature, table',
  });
});

test('a work without a filter stage, or with one stage twice, is refused', () => {
  const paths = (text: string) => mistakesOf(text).map(({ message }) => message);
  expect(paths(minimal.replace('      - { stage: filter, use: [hidden] }\n', ''))).toEqual([
    'stage filter is missing',
  ]);
  expect(paths(minimal.replace('{ stage: rerank, use: score }', '{ stage: intent }'))).toContain(
    'stage intent stands twice, expected once',
  );
});

test('signals and experiments that name what nobody declares are told what there is', () => {
  const text = `${minimal}
signals: { vectors: magic, similarity: { lambdaPerHour: { default: brisk } } }
experiments: { trial: { work: home, treatment: { work: nowhere } } }
`;
  expect(mistakesOf(text)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ path: 'signals.similarity.lambdaPerHour.default' }),
      {
        path: 'signals.vectors',
        message: 'model magic is not declared, expected one of popular',
      },
      {
        path: 'experiments.trial.treatment.work',
        message: 'work nowhere is not declared, expected one of home',
      },
    ]),
  );
});

test('signals have defaults for everything', () => {
  const { signals, experiments } = parseConfig(minimal, {});
  expect(signals).toMatchObject({
    vectors: 'item2vec',
    retrain: true,
    requests: { joinSeconds: 1800 },
    drift: { windowSizes: [8, 32, 128] },
  });
  expect(experiments).toEqual({});
});

test('environment variables override the file, and are checked like it', () => {
  const environment = { SIGHTLINE_QUERY_PORT: '9000', SIGHTLINE_DATA_FOLDER: '/srv/data' };
  const config = parseConfig(minimal, environment);
  expect(config.http.query.port).toBe(9000);
  expect(config.store).toEqual({ kind: 'sqlite', folder: '/srv/data' });
  expect(mistakesOf(minimal, { SIGHTLINE_QUERY_PORT: 'many' }).map(({ path }) => path)).toEqual([
    'http.query.port',
  ]);
});

test.each([
  ['not YAML', 'a: [', /is not YAML/],
  ['a list', '- 1', /expected object/],
  ['an empty file', '', /expected record/],
])('%s is refused with a named error', (_what, text, message) => {
  expect(() => parseConfig(text, {})).toThrowError(message);
  expect(() => parseConfig(text, {})).toThrowError(SightlineError);
});

test('a file that does not exist is named', () => {
  expect(() => readConfig('/nowhere/sightline.yaml', {})).toThrowError(
    /\/nowhere\/sightline.yaml: does not exist/,
  );
});

const withStage = (stage: string, place: string) =>
  minimal.replace(place, `${stage}\n      ${place}`);
const rerank = '- { stage: rerank, use: score }';

test('names of plugins are no mistake of the file while plugins are declared, and are one without', () => {
  const custom = withStage('- { stage: custom, use: boost }', rerank);
  expect(mistakesOf(`${custom}plugins: { mine: { path: mine.ts } }\n`)).toEqual([]);
  expect(mistakesOf(custom)).toMatchObject([{ path: 'works.home.stages.3.use' }]);
});

test('a stage of a plugin stands between score and rerank, and once a name', () => {
  const plugins = 'plugins: { mine: { package: mine } }\n';
  const early = withStage('- { stage: custom, use: boost }', '- { stage: score');
  expect(mistakesOf(early + plugins)).toEqual([
    {
      path: 'works.home.stages.2',
      message: 'stands elsewhere, expected between score and rerank',
    },
  ]);
  const twice = withStage(
    '- { stage: custom, use: boost }\n      - { stage: custom, use: boost }',
    rerank,
  );
  expect(mistakesOf(twice + plugins)).toMatchObject([
    { message: 'stage custom boost stands twice, expected once' },
  ]);
  const both = withStage(
    '- { stage: custom, use: boost }\n      - { stage: custom, use: sink }',
    rerank,
  );
  expect(mistakesOf(both + plugins)).toEqual([]);
});

test('a model that has the name of an algorithm is refused', () => {
  const text = minimal.replace('models: { popular', 'models: { query: { kind: popular }, popular');
  expect(mistakesOf(text)).toMatchObject([{ path: 'models.query' }]);
});
