import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { environmentNames } from '../../../src/cli/import-gorse/environment-names.ts';
import { type KeyForm, legacyKeys, modernKeys } from './gorse-keys.ts';
import { convert } from './parse-converted.ts';

/** A site like that of the template of Gorse: every recommender, a ranker, a fallback. */
const wholeSite = `
[master]
http_port = 8088
[server]
default_n = 24
clock_error = "10s"
auto_insert_item = false
[recommend]
cache_size = 300
cache_expire = "24h"
[recommend.data_source]
positive_feedback_types = ["star", "read>=3"]
negative_feedback_types = ["hide"]
read_feedback_types = ["read"]
positive_feedback_ttl = 90
[[recommend.non-personalized]]
name = "starred_weekly"
score = "count(feedback, .FeedbackType == 'star')"
filter = "(now() - item.Timestamp).Hours() < 168"
[[recommend.item-to-item]]
name = "neighbors"
type = "embedding"
column = "item.Labels.text.embedding"
[[recommend.user-to-user]]
name = "neighbors"
type = "items"
[recommend.collaborative]
type = "mf"
fit_period = "90m"
[recommend.ranker]
type = "fm"
fit_period = "45m"
recommenders = ["latest", "collaborative", "non-personalized/starred_weekly", "item-to-item/neighbors", "user-to-user/neighbors"]
[recommend.fallback]
recommenders = ["item-to-item/neighbors", "latest"]
[quota]
max_users_count = 5000
`;

const stage = (work: { stages: { stage: string }[] }, name: string) =>
  work.stages.find((each) => each.stage === name) as unknown as {
    use: { algorithm: string; weight?: number; limit?: number }[];
  };

test('a whole site becomes models, works and routes under the names that its clients use', () => {
  const { raw } = convert(wholeSite);
  expect(raw.models).toMatchObject({
    collaborative: { kind: 'ials' },
    'board-starred-weekly': {
      kind: 'board',
      options: {
        score: "count(feedback, .FeedbackType == 'star')",
        filter: '(now() - item.Timestamp).Hours() < 168',
        size: 300,
      },
    },
    'item-to-item-neighbors': { kind: 'embedding', options: { column: 'text.embedding' } },
    'user-to-user-neighbors': { kind: 'user-knn' },
    ranker: { kind: 'fm' },
  });
  expect(raw.gorse).toEqual({
    recommend: 'recommend',
    collaborative: 'collaborative',
    session: 'session',
    latest: 'latest',
    nonPersonalized: { starred_weekly: 'board-starred-weekly', popular: 'popular' },
    itemToItem: { neighbors: 'item-to-item-neighbors' },
    userToUser: { neighbors: 'user-to-user-neighbors' },
    defaultCount: 24,
    clockErrorSeconds: 10,
    autoInsertItems: false,
    cache: { seconds: 86_400 },
    quota: { users: 5000 },
  });
});

test('what is learnt, how often, and what is a click follow the feedback types', () => {
  const { raw } = convert(wholeSite);
  expect(raw.training).toEqual({
    everyHours: 0.75,
    data: { positive: ['star', 'read>=3'], negative: ['hide'], read: ['read'], feedbackDays: 90 },
  });
  // A read of three is wanted, but any read would count as a click.
  expect(raw.signals.requests.clickTypes).toEqual(['star']);
});

test('the ranker scores first, its recommenders beside it, the fallback last and in its order', () => {
  const { raw } = convert(wholeSite.replace('"latest", "collaborative",', '"collaborative",'));
  expect(stage(raw.works.recommend, 'score').use).toEqual([
    { algorithm: 'ranker', weight: 1 },
    { algorithm: 'collaborative', weight: 0.2 },
    { algorithm: 'board-starred-weekly', weight: 0.2 },
    { algorithm: 'item-to-item-neighbors', weight: 0.2 },
    { algorithm: 'user-to-user-neighbors', weight: 0.2 },
    { algorithm: 'latest', weight: 0.001 },
  ]);
  expect(
    stage(raw.works.recommend, 'retrieve').use.map(({ algorithm }) => algorithm),
  ).not.toContain('ranker');
  expect(stage(raw.works.recommend, 'retrieve').use[0].limit).toBe(300);
});

test('what comes out is a configuration that can be read', () => {
  const { config } = convert(wholeSite);
  expect(Object.keys(config().works)).toContain('recommend');
  expect(config().gorse?.defaultCount).toBe(24);
});

test('no password of the file stands in the configuration or in what is told', () => {
  const secrets = {
    'database.data_store': 'mysql://site:hunter2-of-mysql@tcp(db:3306)/gorse',
    'database.cache_store': 'redis://:hunter2-of-redis@cache:6379/0',
    'server.api_key': 'hunter2-of-clients-0',
    'master.admin_api_key': 'hunter2-of-admins-00',
    'master.dashboard_password': 'hunter2-of-people',
    'oidc.client_secret': 'hunter2-of-oidc',
    'blob.s3.secret_access_key': 'hunter2-of-s3',
    'openai.auth_token': 'hunter2-of-models',
    'recommend.ranker.reranker_api.auth_token': 'hunter2-of-ranker',
    'tracing.collector_endpoint': 'http://me:hunter2-of-traces@otel:4317',
  };
  const lines = Object.entries(secrets).map(([key, value]) => `${key} = "${value}"`);
  const { yaml, findings } = convert(`${lines.join('\n')}\ntracing.enable_tracing = true`, {
    GORSE_DASHBOARD_PASSWORD: 'hunter2-of-variables',
  });
  expect(yaml + JSON.stringify(findings)).not.toContain('hunter2');
  expect(yaml).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://otel:4318');
});

test('keys stay in the variables that Gorse has for them, and weak ones are told', () => {
  const { yaml, told, raw } = convert(
    'server.api_key = "short"\nmaster.admin_api_key = "long-enough-for-an-admin"\nmaster.http_cors_domains = ["https://shop.example", ".*.example"]',
  );
  expect(yaml).toMatch(/client: \{ secret: GORSE_SERVER_API_KEY, scopes: \[ read, write \] \}/);
  expect(yaml).toMatch(/admin: \{ secret: GORSE_ADMIN_API_KEY, scopes: \[ admin \] \}/);
  expect(yaml).toContain('https://shop.example');
  expect(raw.gorse.admin).toBe(true);
  expect(told('server.api_key', 'none')[0]).toContain('too weak');
  expect(told('master.admin_api_key', 'none')).toEqual([]);
  expect(told('master.http_cors_domains', 'none')[0]).toContain('1 are no origins');
});

test('without a file or with an empty one it is the latest list, as in Gorse', () => {
  const { raw, findings, config } = convert('');
  expect(findings).toEqual([]);
  expect(stage(raw.works.recommend, 'score').use).toEqual([{ algorithm: 'latest', weight: 1 }]);
  expect(raw.http.query).toEqual({ host: '0.0.0.0', port: 8088 });
  expect(raw.training.everyHours).toBe(1);
  expect(config().http.control).toMatchObject({ host: '127.0.0.1', port: 8081 });
});

test('without a key the file says that everybody may call', () => {
  expect(convert('').yaml).toContain('everybody who reaches the query port may call it');
  expect(convert('server.api_key = "sixteen-characters"').yaml).not.toContain('everybody who');
});

test('the control port makes way where Gorse has its number', () => {
  expect(convert('master.http_port = 8081').raw.http).toMatchObject({
    query: { port: 8081 },
    control: { port: 8082 },
  });
});

test('a configuration of Gorse 0.4 becomes the same works under their newer names', () => {
  const { raw, config, told } = convert(`
[recommend.popular]
popular_window = "720h"
[recommend.item_neighbors]
neighbor_type = "auto"
[recommend.user_neighbors]
neighbor_type = "similar"
[recommend.collaborative]
model_fit_period = "30m"
model_search_trials = 10
[recommend.offline]
enable_popular_recommend = true
enable_collaborative_recommend = true
explore_recommend = { popular = 0.1, latest = 0.2, astrology = 0.3 }
[recommend.online]
fallback_recommend = ["item_based", "astrology"]
`);
  expect(raw.models.popular).toEqual({ kind: 'popular', options: { halfLifeDays: 10.4 } });
  expect(raw.models['item-to-item-neighbors']).toEqual({ kind: 'item-knn' });
  expect(raw.models['item-to-item-neighbors-tags']).toEqual({ kind: 'tags' });
  expect(raw.gorse).toMatchObject({
    nonPersonalized: { popular: 'popular' },
    itemToItem: { neighbors: 'item-to-item-neighbors' },
    userToUser: { neighbors: 'user-to-user-neighbors' },
  });
  expect(stage(raw.works.recommend, 'score').use).toEqual([
    { algorithm: 'popular', weight: 1 },
    { algorithm: 'collaborative', weight: 1 },
    { algorithm: 'latest', weight: 0.2 },
    { algorithm: 'item-to-item-neighbors', weight: 0.005 },
    { algorithm: 'item-to-item-neighbors-tags', weight: 0.005 },
  ]);
  expect(raw.training.everyHours).toBe(0.5);
  expect(told('recommend.online.fallback_recommend', 'none')[0]).toContain('"astrology"');
  expect(told('recommend.offline.explore_recommend.astrology', 'none')).toHaveLength(1);
  expect(told('recommend.user_neighbors.neighbor_type', 'none')[0]).toContain('user-knn');
  expect(config().works.recommend.surface).toBe('user');
});

test('replacement lets seen items come back with smaller scores', () => {
  const { raw, told } = convert(`
[recommend.replacement]
enable_replacement = true
positive_replacement_decay = 0.9
read_replacement_decay = 7.5
`);
  const { stages } = raw.works.recommend;
  expect(stages.map(({ stage }: { stage: string }) => stage)).toEqual([
    ...['intent', 'retrieve', 'features', 'score', 'custom', 'rerank', 'filter'],
  ]);
  expect(stages[4]).toEqual({
    ...{ stage: 'custom', use: 'replacement' },
    options: { positiveDecay: 0.9, readDecay: 0.6 },
  });
  expect(stages[6].use).not.toContain('seen');
  expect(told('recommend.replacement.read_replacement_decay')[0]).toContain('up to 1');
});

test.each([
  ['users', '', 'item-knn', undefined],
  ['tags', '', 'tags', undefined],
  ['tags', 'item.Labels', 'tags', undefined],
  ['tags', 'item.Labels["genre"].main', 'tags', { column: 'genre.main' }],
  ['tags', 'item.Categories', 'tags', { column: 'category' }],
  ['tags', 'filter(item.Labels, true)', 'item-knn', undefined],
  ['embedding', 'item.Labels.vector', 'embedding', { column: 'vector' }],
  ['embedding', '', 'item-knn', undefined],
  ['chat', 'item.Labels.vector', 'item-knn', undefined],
  ['astrology', '', 'item-knn', undefined],
])('items alike by %s over %j become the kind %s', (type, column, kind, options) => {
  const { raw } = convert(
    `[[recommend.item-to-item]]\nname = "n"\ntype = ${JSON.stringify(type)}\ncolumn = ${JSON.stringify(column)}`,
  );
  expect(raw.models['item-to-item-n']).toEqual(options ? { kind, options } : { kind });
});

const many = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
const alike = (name: string) =>
  `[[recommend.item-to-item]]\nname = ${JSON.stringify(name)}\ntype = "users"`;

test('names that are equal as names of works stay apart, and none is lost', () => {
  const names = [
    'Néw!',
    'n w',
    'n-w',
    'N_W',
    '',
    '日本',
    '__proto__',
    'constructor',
    'x'.repeat(60),
  ];
  const { raw, config, told } = convert(names.map(alike).join('\n'));
  const lists = raw.gorse.itemToItem as Record<string, string>;
  expect(Object.keys(lists)).toHaveLength(names.length);
  expect(new Set(Object.values(lists)).size).toBe(names.length);
  expect(lists).toMatchObject({ 'n-w': 'item-to-item-n-w-3', N_W: 'item-to-item-n-w-4' });
  expect(told('recommend.item-to-item', 'none').join()).toContain('"日本" cannot stand in a path');
  expect(Object.keys(config().works)).toEqual(expect.arrayContaining(Object.values(lists)));
});

test('of two with one name the first counts, as Gorse takes no such file', () => {
  const { raw, told } = convert(`${alike('a')}\n${alike('a')}`);
  expect(raw.gorse.itemToItem).toEqual({ a: 'item-to-item-a' });
  expect(told('recommend.item-to-item', 'none')[0]).toContain('stands twice');
});

test('a recommender that is not there is told, and what is left serves', () => {
  const { raw, told } = convert(`
[[recommend.external]]
name = "trending"
script = "1"
[recommend.ranker]
recommenders = ["external/trending", "collaborative"]
`);
  expect(stage(raw.works.recommend, 'score').use).toEqual([{ algorithm: 'latest', weight: 1 }]);
  expect(told('recommend.ranker.recommenders', 'none')).toHaveLength(2);
  expect(told('recommend.external', 'none')[0]).toContain('plugin');
});

test('a stage takes 32 algorithms; what is beyond is told', () => {
  const names = Array.from({ length: 40 }, (_, i) => `"item-to-item/n${i}"`).join();
  const { raw, told, config } = convert(
    `[recommend.ranker]\nrecommenders = [${names}]\n${many(40, (i) => alike(`n${i}`))}`,
  );
  expect(stage(raw.works.recommend, 'score').use).toHaveLength(32);
  expect(told('recommend.ranker.recommenders', 'none')[0]).toContain('item-to-item-n39');
  expect(Object.keys(config().works)).toContain('item-to-item-n39');
});

test('numbers beyond our bounds are cut, and it is said', () => {
  const { raw, told, config } = convert(
    'server.default_n = 5000\nrecommend.cache_size = 100000\nquota.max_items_count = -3\nserver.clock_error = "100000h"',
  );
  expect(raw.gorse).toMatchObject({ defaultCount: 100, clockErrorSeconds: 86_400 });
  expect(told('server.default_n')).toEqual(['gorse.defaultCount: 100, as ours goes from 1 to 100']);
  expect(stage(raw.works.recommend, 'retrieve').use[0].limit).toBe(2000);
  expect(config().gorse?.quota.items).toBe(0);
});

test('feedback types beyond fifty are told', () => {
  const types = (letter: string, count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, i) => `${letter}${i}`));
  const { raw, told, config } = convert(`[recommend.data_source]
positive_feedback_types = ${types('p', 60)}
negative_feedback_types = ${types('n', 40)}
read_feedback_types = ${types('r', 40)}`);
  expect(raw.training.data.positive).toHaveLength(50);
  expect(raw.training.data.read).toHaveLength(40);
  expect(told('recommend.data_source.positive_feedback_types', 'none')[0]).toContain('50');
  expect(config().training.data.negative).toContain('n39');
});

test('values of another type are told and left out', () => {
  const { raw, told } = convert(
    'server.default_n = "many"\nrecommend.cache_expire = 1979-05-27\nrecommend.item-to-item = 4\nserver.auto_insert_user = [1]\nrecommend.ranker.fit_period = "soon"',
  );
  expect(raw.gorse.defaultCount).toBeUndefined();
  expect(told('server.default_n', 'none')[0]).toContain('is not a whole number');
  expect(told('recommend.ranker.fit_period')).toEqual([
    'is not a duration such as 1h30m, which Gorse would refuse too; left out',
  ]);
  expect(told('recommend.cache_expire', 'none')[0]).toContain('is not a duration');
  expect(told('recommend.item-to-item', 'none')[0]).toContain('is not an array of tables');
  expect(told('server.auto_insert_user', 'none')[0]).toContain('is not true or false');
});

test('unknown keys, fields and variables are told by name and never by value', () => {
  const { findings } = convert(
    `[server]\napi_kye = "hunter2"\n[[recommend.user-to-user]]\nname = "a"\ncolor = "hunter2"\n"b\\u001b[31m\\u202e" = 1`,
    { GORSE_SERVER_APIKEY: 'hunter2', PATH: '/bin' },
  );
  const unknown = findings.filter(({ verdict }) => verdict === 'unknown').map(({ key }) => key);
  expect(unknown.sort()).toEqual([
    'GORSE_SERVER_APIKEY',
    'recommend.user-to-user[].b?[31m?',
    'recommend.user-to-user[].color',
    'server.api_kye',
  ]);
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('variables of the environment go before the file, and the file says so', () => {
  const { raw, findings } = convert('[master]\nhttp_port = 9000', {
    GORSE_MASTER_HTTP_PORT: '9001',
    GORSE_QUOTA_MAX_USERS_COUNT: '7',
    GORSE_MASTER_HTTP_HOST: '',
  });
  expect(raw.http.query.port).toBe(9001);
  expect(raw.gorse.quota.users).toBe(7);
  expect(findings.find(({ key }) => key === 'master.http_port')?.variable).toBe(
    'GORSE_MASTER_HTTP_PORT',
  );
});

test('keys may be in capitals, but not twice', () => {
  expect(convert('[Server]\nDEFAULT_N = 7').raw.gorse.defaultCount).toBe(7);
  expect(() => convert('[server]\ndefault_n = 7\nDefault_N = 8')).toThrow(
    'server.default_n stands twice, expected once',
  );
});

test.each([
  [
    'a secret in a line with a mistake',
    'api_key = "hunter2',
    /^configuration of Gorse line 1, column \d+: is not TOML: [^\n]*$/,
  ],
  ['a key twice', 'a = 1\na = 2', /line 2, column 1: is not TOML: trying to redefine/],
  ['deep arrays', `a = ${'['.repeat(5000)}${']'.repeat(5000)}`, /is not TOML: .*nested/],
  [
    'deep tables',
    many(1, () => `${'a.'.repeat(60)}a = 1`),
    /tables in tables, expected 32 at most/,
  ],
  ['too many keys', many(2001, (i) => `k${i} = 1`), /more than 2000 keys/],
  [
    'too many tables',
    many(51, (i) => alike(`n${i}`)),
    /51 tables recommend.item-to-item, expected 50/,
  ],
  ['too many bytes', `a = "${'x'.repeat(1_000_000)}"`, /more than 1000000 bytes/],
  ['a whole number that no double holds', 'a = 9223372036854775807', /is not TOML: integer/],
  ['zero bytes', '\0\0\0', /is not TOML/],
])('%s is refused with its place, and nothing of the file is quoted', (_, toml, message) => {
  expect(() => convert(toml)).toThrow(message);
  try {
    convert(toml);
  } catch (error) {
    expect(error).toMatchObject({ code: 'SL_CONFIG_INVALID' });
    expect((error as Error).cause).toBeUndefined();
    expect(String(error)).not.toContain('hunter2');
  }
});

const allKeys = new Map([...modernKeys, ...legacyKeys]);

test('every key that Gorse reads is known, whatever it holds', () => {
  const values: Record<KeyForm, string> = {
    ...{ text: '"x"', whole: '3', number: '0.5', flag: 'true', duration: '"5m"', texts: '["x"]' },
  };
  const { findings } = convert(
    [...allKeys].map(([key, form]) => `${key} = ${values[form]}`).join('\n'),
  );
  expect(findings.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  expect(new Set(findings.map(({ key }) => key))).toEqual(new Set(allKeys.keys()));
});

test('every variable that Gorse reads goes to a key that is known', () => {
  expect(Object.values(environmentNames).filter((key) => !allKeys.has(key))).toEqual([]);
  expect(Object.keys(environmentNames)).toHaveLength(51);
});

const word = fc.oneof(
  fc.constantFrom(
    'neighbors',
    'a',
    'A b',
    'n/1',
    '',
    'latest',
    'recommend',
    'popular',
    '日本',
    '- x: {',
  ),
  fc.string({ unit: 'grapheme', maxLength: 50 }),
);
const recommenders = fc.oneof(
  fc.constantFrom('latest', 'collaborative', 'item_based', 'popular', 'external/a'),
  fc
    .tuple(fc.constantFrom('item-to-item', 'user-to-user', 'non-personalized'), word)
    .map((parts) => parts.join('/')),
);
const durations = fc.oneof(
  fc.constantFrom('0s', '1ms', '90m', '1h30m', '876000h', 'soon'),
  fc.nat(),
);
const choices = fc.constantFrom(
  ...[
    'none',
    'mf',
    'fm',
    'llm',
    'auto',
    'similar',
    'related',
    'http://x:1',
    'https://a.example',
    '.*',
  ],
);
const values: Record<KeyForm, fc.Arbitrary<unknown>> = {
  text: fc.oneof(choices, word),
  whole: fc.oneof(fc.constantFrom(0, 1, 8088, 70_000), fc.maxSafeInteger()),
  number: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double()),
  flag: fc.boolean(),
  duration: durations,
  texts: fc.array(fc.oneof(recommenders, word, fc.constantFrom('star', 'read>=3', 'a=4', 'b>')), {
    maxLength: 12,
  }),
};
const tables = {
  'recommend.item-to-item': {
    name: word,
    type: fc.constantFrom('users', 'tags', 'auto', 'embedding', 'x'),
    column: word,
  },
  'recommend.user-to-user': { name: word, type: fc.constantFrom('items', 'auto') },
  'recommend.non-personalized': { name: word, score: word, filter: word },
  'recommend.external': { name: word, script: word },
};
const sites = fc.tuple(
  fc.record(Object.fromEntries([...allKeys].map(([key, form]) => [key, values[form]])), {
    requiredKeys: [],
  }),
  fc.record(
    Object.fromEntries(
      Object.entries(tables).map(([key, fields]) => [
        key,
        fc.array(fc.record(fields as Record<string, fc.Arbitrary<unknown>>), { maxLength: 6 }),
      ]),
    ),
    { requiredKeys: [] },
  ),
);

function toToml([keys, lists]: [Record<string, unknown>, Record<string, unknown>]): string {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries({ ...keys, ...lists })) {
    const names = path.split('.');
    let at = root;
    for (const name of names.slice(0, -1)) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
    at[names.at(-1)!] = value;
  }
  return stringify(root);
}

test('whatever stands at known keys, the outcome can be read and every key was told of', () => {
  fc.assert(
    fc.property(sites, (site) => {
      const { config, findings, raw } = convert(toToml(site));
      const { works, gorse } = config();
      expect(Object.keys(works)).toEqual(
        expect.arrayContaining(['recommend', 'latest', 'popular']),
      );
      expect(gorse?.recommend).toBe('recommend');
      const told = new Set(findings.map(({ key }) => key));
      for (const key of [...Object.keys(site[0]), ...Object.keys(site[1])])
        expect(told).toContain(key);
      for (const { key, verdict } of findings)
        expect([verdict === 'unknown', key]).toEqual([false, key]);
      for (const { name } of (site[1]['recommend.user-to-user'] ?? []) as { name: string }[])
        if (/^[a-zA-Z]\w{0,40}$/.test(name)) expect(raw.gorse.userToUser).toHaveProperty([name]);
    }),
    { numRuns: 12 },
  );
});
