import { expect } from 'vitest';
import { annotationsOf } from '../../../src/provisioning/dashboards/annotations.ts';
import { testWith } from '../../installed.ts';
import { exampleDefinition } from '../example-definition.ts';
import { wrongAnswers } from '../promql-answers.ts';

const target = 'job="sightline",instance="a:8081"';

/** An annotation as Grafana asks for it once a minute, which makes a window of two. */
function exprOf(key: string): string {
  const { expr } = annotationsOf(exampleDefinition()).find((annotation) => annotation.key === key)!;
  return expr
    .replaceAll('$__rate_interval', '2m')
    .replaceAll('$job', 'sightline')
    .replaceAll('$instance', '.+');
}

const lastMinute = 130;

/** Values by the minute from which on they are scraped; `gone` is a scrape without them, `unseen` no scrape at all. */
function values(from: Readonly<Record<number, number | 'gone' | 'unseen'>>): string {
  let value: number | 'gone' | 'unseen' = 'unseen';
  return Array.from({ length: lastMinute + 1 }, (_, minute) => {
    value = from[minute] ?? value;
    if (value === 'gone') return from[minute] === 'gone' ? 'stale' : '_';
    return value === 'unseen' ? '_' : value;
  }).join(' ');
}

/** What is wrong with the marks of an annotation. `marks`: the minutes, by labels beside those of the target. */
function wrongMarks(
  key: string,
  series: Readonly<Record<string, string>>,
  marks: Readonly<Record<string, readonly number[]>>,
): string {
  const times = `((${exprOf(key)}) * 0 + time())[${lastMinute}m:1m]`;
  const of = (pick: (minutes: readonly number[]) => number) =>
    Object.fromEntries(
      Object.entries(marks).map(([labels, minutes]) => [`{${target},${labels}}`, pick(minutes)]),
    );
  return wrongAnswers({
    series,
    atMinutes: lastMinute,
    expected: [
      { expr: `count_over_time(${times})`, answers: of((minutes) => minutes.length) },
      { expr: `min_over_time(${times}) / 60`, answers: of((minutes) => minutes[0]) },
      {
        expr: `sum_over_time(${times}) / 60`,
        answers: of((minutes) => minutes.reduce((sum, minute) => sum + minute, 0)),
      },
    ],
  });
}

const up = { [`up{${target}}`]: values({ 5: 1 }) };
const slow = 'measure="slow",direction="up"';
const anomalies = `sightline_anomalies_total{${target},${slow}}`;

testWith('promtool')('an anomaly is marked when it began, the first of its kind as well', () => {
  const series = { ...up, [anomalies]: values({ 60: 1, 80: 2 }) };
  expect(wrongMarks('anomalies', series, { [slow]: [60, 61, 80, 81] })).toBe('');
});

testWith('promtool')('an anomaly after a restart is marked though its count is the same', () => {
  const series = { ...up, [anomalies]: values({ 20: 1, 40: 'gone', 100: 1 }) };
  expect(wrongMarks('anomalies', series, { [slow]: [20, 21, 100, 101] })).toBe('');
});

testWith('promtool')('anomalies of before are not marked when Prometheus comes back', () => {
  const series = {
    [`up{${target}}`]: values({ 5: 1, 50: 'unseen', 90: 1 }),
    [anomalies]: values({ 5: 3, 50: 'unseen', 90: 3 }),
  };
  expect(wrongMarks('anomalies', series, {})).toBe('');
});

testWith('promtool')(
  'a retraining is marked with what became of it, not those before the first scrape',
  () => {
    const of = (outcome: string) => `sightline_item_retrains_total{${target},outcome="${outcome}"}`;
    const series = {
      ...up,
      [of('published')]: values({ 5: 4, 30: 9 }),
      [of('failed')]: values({ 70: 2 }),
    };
    const marks = { 'outcome="published"': [30, 31], 'outcome="failed"': [70, 71] };
    expect(wrongMarks('retrainings', series, marks)).toBe('');
  },
);

const started = `process_start_time_seconds{${target}}`;
const build = (version: string) =>
  `sightline_build_info{${target},version="${version}",node="24.0.0"}`;

testWith('promtool')('a deploy and a restart are marked with the version that started', () => {
  const series = {
    [started]: values({ 10: 600, 60: 'gone', 63: 3720, 110: 6600 }),
    [build('1.0.0')]: values({ 10: 1, 60: 'gone' }),
    [build('1.1.0')]: values({ 63: 1 }),
  };
  const marks = {
    'version="1.0.0",node="24.0.0"': [10, 11],
    'version="1.1.0",node="24.0.0"': [63, 64, 110, 111],
  };
  expect(wrongMarks('starts', series, marks)).toBe('');
});

testWith('promtool')('a process that could not be scraped for a while did not start', () => {
  const series = {
    [started]: values({ 10: 600, 60: 'gone', 90: 600 }),
    [build('1.0.0')]: values({ 10: 1, 60: 'gone', 90: 1 }),
  };
  const marks = { 'version="1.0.0",node="24.0.0"': [10, 11] };
  expect(wrongMarks('starts', series, marks)).toBe('');
});

testWith('promtool')('a published generation is marked, one that served before as well', () => {
  const generation = (id: string) => `sightline_generation_info{${target},generation="${id}"}`;
  const series = {
    [`sightline_generation_published_timestamp_seconds{${target}}`]: values({
      10: 600,
      50: 3000,
      70: 4200,
    }),
    [generation('aa')]: values({ 10: 1, 50: 'gone', 70: 1 }),
    [generation('bb')]: values({ 50: 1, 70: 'gone' }),
  };
  const marks = { 'generation="aa"': [10, 11, 70, 71], 'generation="bb"': [50, 51] };
  expect(wrongMarks('generations', series, marks)).toBe('');
});
