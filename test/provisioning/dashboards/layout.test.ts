import { describe, expect, test } from 'vitest';
import type { Dashboard } from '../../../src/provisioning/dashboards/dashboard.ts';
import { dashboardsOf } from '../../../src/provisioning/dashboards/index.ts';
import { ownMetrics } from '../../../src/provisioning/dashboards/own-metrics.ts';
import { tableMetrics } from '../../../src/provisioning/source/metric-definition.ts';
import { definitions, panelsOf } from './every-dashboard.ts';

const known = [
  ...['overview', 'pipeline-stage', 'strategy', 'strategy-comparison', 'segment', 'catalog'],
  ...['freshness', 'drift', 'experiments', 'anomalies', 'runtime', 'telemetry-health'],
  'own-metrics',
];
const stableKey = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;

/** The panels of a row, line after line of the grid; a line that is too wide stays as it is. */
function linesOf({ panels }: Dashboard['rows'][number]) {
  const lines: (typeof panels)[number][][] = [];
  let width = 24;
  for (const panel of panels) {
    if (width >= 24) {
      lines.push([]);
      width = 0;
    }
    lines.at(-1)!.push(panel);
    width += panel.width;
  }
  return lines;
}

describe.each(Object.entries(definitions))('of a definition %s', (_, definition) => {
  const dashboards = dashboardsOf(definition);

  test('dashboards have keys that links and files know', () => {
    const keys = dashboards.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !known.includes(key))).toEqual([]);
  });

  test.each(dashboards)('$key: keys of panels are words, each once', (dashboard) => {
    const keys = panelsOf(dashboard).map(({ key }) => key);
    expect(keys.filter((key, k) => keys.indexOf(key) !== k)).toEqual([]);
    expect(keys.filter((key) => !stableKey.test(key))).toEqual([]);
  });

  test.each(dashboards)('$key: everything has a title and says what it shows', (dashboard) => {
    const silent = [dashboard, ...panelsOf(dashboard)].filter(
      ({ title, description }) => title === '' || !/^[A-Z0-9].{20,}\.$/s.test(description),
    );
    expect(silent.map(({ key }) => key)).toEqual([]);
    expect(
      dashboard.rows.filter(({ title, panels }) => title === '' || panels.length === 0),
    ).toEqual([]);
  });

  test.each(dashboards)('$key: lines are 24 columns wide and of one height', (dashboard) => {
    const wrong = dashboard.rows.flatMap(linesOf).filter((panels) => {
      const isOneHigh = new Set(panels.map(({ height }) => height)).size === 1;
      return !isOneHigh || panels.reduce((sum, { width }) => sum + width, 0) !== 24;
    });
    expect(wrong.map((panels) => panels.map(({ key }) => key))).toEqual([]);
  });

  test.each(dashboards)('$key: links lead to dashboards that there are', (dashboard) => {
    const targets = panelsOf(dashboard).flatMap(({ links = [] }) => links.map(({ to }) => to));
    const lost = targets.filter((to) => typeof to === 'object' && !known.includes(to.dashboard));
    expect(lost).toEqual([]);
  });

  test.each(dashboards)('$key: every panel asks something, unless it is text', (dashboard) => {
    const mute = panelsOf(dashboard).filter(({ shape, text, queries }) =>
      shape === 'text' ? (text ?? '') === '' : queries.length === 0,
    );
    expect(mute.map(({ key }) => key)).toEqual([]);
  });

  test.each(dashboards)('$key: thresholds rise', (dashboard) => {
    const wrong = panelsOf(dashboard).filter(({ thresholds = [] }) =>
      thresholds.some(
        ({ from }, t) =>
          (t === 0) !== (from === undefined) || from! <= (thresholds[t - 1]?.from ?? -1),
      ),
    );
    expect(wrong.map(({ key }) => key)).toEqual([]);
  });
});

test('without series of plugins there is no dashboard of them', () => {
  expect(ownMetrics(definitions['as shipped'])).toBeUndefined();
});

test('any number of own series fills its lines', () => {
  const metrics = tableMetrics();
  for (const count of [1, 2, 3, 4, 5, 31]) {
    const dashboard = ownMetrics({
      ...definitions['as shipped'],
      ownMetrics: metrics.slice(0, count),
    });
    const lines = dashboard!.rows.flatMap(linesOf);
    expect(lines.flat()).toHaveLength(count);
    for (const panels of lines) {
      expect(panels.reduce((sum, { width }) => sum + width, 0)).toBe(24);
    }
  }
});

test('the same definition gives the same dashboards', () => {
  for (const definition of Object.values(definitions)) {
    expect(dashboardsOf(structuredClone(definition))).toEqual(dashboardsOf(definition));
  }
});
