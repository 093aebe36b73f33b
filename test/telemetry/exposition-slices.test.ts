import type { Metric } from 'prom-client';
import { expect, test } from 'vitest';
import { createExposer } from '../../src/telemetry/exposition.ts';
import { createMetricSet, type MetricSet } from '../../src/telemetry/metric-set.ts';

const openMetrics = 'application/openmetrics-text; version=1.0.0';

/** A clock that goes on by a millisecond whenever somebody looks: after each line a slice of 1 ms is over. */
function hastyClock() {
  let ms = 0;
  return {
    now: () => 0,
    monotonic: () => {
      ms += 1;
      return ms;
    },
  };
}

/** One slice a label set. */
const narrow = () => ({ sliceMs: 1, clock: hastyClock() });

const storeCount = 40;

/** A set with histograms of 40 stores. */
function storeSet(): MetricSet {
  const set = createMetricSet();
  for (let s = 0; s < storeCount; s++) {
    set.histogram('feature_age_seconds', { store: `store-${s}` }).observe(1);
  }
  return set;
}

const linesOf = (body: string, start: string) =>
  body.split('\n').filter((line) => line.startsWith(start));
const valuesOf = (body: string, start: string) =>
  linesOf(body, start).map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));

/** Lets `act` have each turn of the event loop until it answers a promise, and awaits that. */
async function everyTurnUntil<T>(done: Promise<T>, act: () => void): Promise<T> {
  let goesOn = true;
  const turn = () => {
    if (!goesOn) return;
    act();
    setImmediate(turn);
  };
  setImmediate(turn);
  return done.finally(() => {
    goesOn = false;
  });
}

/** A registry that counts how often it is rendered. */
function countRenders(set: MetricSet) {
  const counted = {
    renders: 0,
    getMetricsAsArray() {
      counted.renders += 1;
      return set.registry.getMetricsAsArray();
    },
  };
  return counted;
}

/** A metric as plugins may register it. */
const foreign = (name: string, get: () => Promise<unknown>) =>
  ({ name, help: 'Of a plugin', type: 'gauge', get }) as unknown as Metric;

test('a histogram shows one moment even where others were counted while the text was made', async () => {
  const set = storeSet();
  const exposition = createExposer(set.registry, narrow())(openMetrics);
  const { body } = await everyTurnUntil(exposition, () => {
    for (let s = 0; s < storeCount; s++) {
      set.histogram('feature_age_seconds', { store: `store-${s}` }).observe(1);
    }
  });
  const counts = valuesOf(body, 'sightline_feature_age_seconds_count');
  expect(new Set(counts).size).toBe(storeCount);
  expect(valuesOf(body, 'sightline_feature_age_seconds_sum')).toEqual(counts);
  const last = body.split('\n').filter((line) => /feature_age_seconds_bucket.*\+Inf/.test(line));
  expect(last.map((line) => Number(line.split(' ').at(-1)))).toEqual(counts);
});

test('slices change nothing of a text that nobody counts into', async () => {
  const set = storeSet();
  for (const accept of [undefined, openMetrics]) {
    const sliced = await createExposer(set.registry, narrow())(accept);
    const whole = await createExposer(set.registry, { sliceMs: Number.POSITIVE_INFINITY })(accept);
    expect(sliced.body).toBe(whole.body);
  }
});

test('a long text comes in parts that end with a line', async () => {
  const set = createMetricSet({ maxLabelValues: 1000 });
  for (let s = 0; s < 500; s++) {
    set.histogram('feature_age_seconds', { store: `仓库-${s}` }).observe(s);
  }
  const { chunks, body } = await createExposer(set.registry)();
  expect(chunks.length).toBeGreaterThan(4);
  for (const chunk of chunks) expect(chunk.at(-1)).toBe(10);
  expect(linesOf(body, 'sightline_feature_age_seconds_count{store="仓库-499"}')).toHaveLength(1);
});

test('a series that goes and comes back while the text is made shows once', async () => {
  const set = createMetricSet();
  for (let g = 0; g < 5; g++) set.gauge('generation_info', { generation: `g${g}` }).set(1);
  const exposition = createExposer(set.registry, narrow())();
  const { body } = await everyTurnUntil(exposition, () => {
    set.remove('generation_info', { generation: 'g0' });
    set.gauge('generation_info', { generation: 'g0' }).set(1);
  });
  const shown = linesOf(body, 'sightline_generation_info');
  expect(shown).toHaveLength(5);
  expect(new Set(shown).size).toBe(5);
});

test('scrapes of one moment and format share one text', async () => {
  const counted = countRenders(storeSet());
  const expose = createExposer(counted);
  const [first, second, other] = await Promise.all([expose(), expose(), expose(openMetrics)]);
  expect(second).toBe(first);
  expect(other.contentType).not.toBe(first.contentType);
  expect(counted.renders).toBe(2);
});

test('a scrape that comes while another is answered shows what was counted before it came', async () => {
  const set = storeSet();
  const expose = createExposer(set.registry, narrow());
  const counter = set.counter('events_dropped_total', { reason: 'ring_full' });
  const asked: { readonly total: number; readonly exposition: ReturnType<typeof expose> }[] = [];
  let total = 0;
  await everyTurnUntil(expose(), () => {
    counter.add(1);
    total += 1;
    asked.push({ total, exposition: expose() });
  });
  expect(asked.length).toBeGreaterThan(storeCount);
  for (const { total: before, exposition } of asked) {
    const [seen] = valuesOf((await exposition).body, 'sightline_events_dropped_total');
    expect(seen).toBeGreaterThanOrEqual(before);
  }
});

test('however many scrapes come while one is answered, they cost one more', async () => {
  const counted = countRenders(storeSet());
  const expose = createExposer(counted, narrow());
  const late: Promise<unknown>[] = [];
  await everyTurnUntil(expose(), () => late.push(expose()));
  await Promise.all(late);
  expect(late.length).toBeGreaterThan(storeCount);
  expect(counted.renders).toBe(2);
});

test('a text that everybody gave up ends early and the next one is whole', async () => {
  const set = storeSet();
  const expose = createExposer(set.registry, narrow());
  const [one, two] = [new AbortController(), new AbortController()];
  const abandoned = Promise.all([expose(openMetrics, one.signal), expose(openMetrics, two.signal)]);
  let turns = 0;
  const [{ body }] = await everyTurnUntil(abandoned, () => {
    turns += 1;
    one.abort();
    if (turns > 20) two.abort();
  });
  expect(body).not.toContain('# EOF');
  expect((await expose(openMetrics)).body).toContain('# EOF');
});

test('one client that waits is enough for a whole text', async () => {
  const expose = createExposer(storeSet().registry, narrow());
  const gone = AbortSignal.abort();
  const [, , { body }] = await Promise.all([
    expose(openMetrics, gone),
    expose(openMetrics, gone),
    expose(openMetrics),
  ]);
  expect(body).toContain('# EOF');
});

test('a metric that hangs is waited for once, left out, and back when it answers', async () => {
  const { registry } = storeSet();
  let asked = 0;
  let answer: (samples: object) => void = () => {};
  let isHanging = true;
  const samples = { name: 'plugin_depth', help: 'Depth', type: 'gauge', values: [{ value: 7 }] };
  registry.registerMetric(
    foreign('plugin_depth', () => {
      asked += 1;
      if (!isHanging) return Promise.resolve(samples);
      return new Promise((resolve) => {
        answer = resolve;
      });
    }),
  );
  const unread: string[] = [];
  const expose = createExposer(registry, {
    readLimitMs: 1,
    onUnread: (metric, reason) => unread.push(`${metric} ${reason}`),
  });
  for (let scrape = 0; scrape < 3; scrape++) {
    const { body } = await expose();
    expect(body).not.toContain('plugin_depth');
    expect(body).toContain('sightline_feature_age_seconds');
  }
  expect(asked).toBe(1);
  expect(unread).toEqual(new Array(3).fill('plugin_depth late'));
  answer(samples);
  await new Promise(setImmediate);
  isHanging = false;
  expect((await expose()).body).toContain('plugin_depth 7\n');
});

test('metrics that fail or answer nonsense are left out and told', async () => {
  const { registry } = storeSet();
  registry.registerMetric(foreign('plugin_broken', () => Promise.reject(new Error('broken'))));
  registry.registerMetric(foreign('plugin_empty', async () => ({ name: 'plugin_empty' })));
  registry.registerMetric(
    foreign('plugin_thrower', () => {
      throw new Error('broken');
    }),
  );
  const unread: string[] = [];
  const onUnread = (metric: string, reason: string) => unread.push(`${metric} ${reason}`);
  const { body } = await createExposer(registry, { onUnread })();
  expect(body).not.toMatch(/(?<!sightline_)plugin_/);
  expect(unread.sort()).toEqual([
    'plugin_broken failed',
    'plugin_empty failed',
    'plugin_thrower failed',
  ]);
});
