import { describe, expect, test } from 'vitest';
import { controlDocuments } from '../../../src/http/control/documents.ts';
import { alertsOf, ruleGroupsOf } from '../../../src/provisioning/rules/rule-groups.ts';
import { runbook } from '../../../src/provisioning/rules/runbook.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { knownSeries } from '../known-series.ts';
import { readPromQL } from '../promql-labels.ts';
import { definitions, promisedDefinition } from './promised-definition.ts';

const pageOf = (definition: Definition) => runbook(definition, ruleGroupsOf(definition)).text;

/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (text: string) =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading));

describe.each(Object.entries(definitions))('runbook of a definition %s', (_, definition) => {
  const text = pageOf(definition);
  const alerts = alertsOf(ruleGroupsOf(definition));

  test('every alert has its heading, once', () => {
    const anchors = anchorsIn(text);
    for (const { alert } of alerts) {
      expect(anchors.filter((anchor) => anchor === alert.toLowerCase())).toEqual([
        alert.toLowerCase(),
      ]);
    }
  });

  test('every page says what it means, whom it hurts, how to look and how to mend', () => {
    for (const { alert, runbook: page } of alerts) {
      const parts = Object.entries(page).map(([part, words]) => [alert, part, words.trim()]);
      expect(parts.filter(([, , words]) => !/^[“`A-Z].*[.?`]$/su.test(words))).toEqual([]);
    }
  });

  test('queries in code ask for series and labels that there are', () => {
    const known = knownSeries(definition);
    const queries = alerts.flatMap(({ runbook: { diagnosis } }) =>
      [...diagnosis.matchAll(/`([^`]*\{[^`]*job="[^`]*)`/g)].map(([, query]) => query),
    );
    expect(queries.length).toBeGreaterThan(30);
    expect(queries.flatMap((query) => readPromQL(query, known).mistakes)).toEqual([]);
  });
});

test('links inside lead to pages that there are', () => {
  const text = pageOf(promisedDefinition());
  const anchors = anchorsIn(text);
  const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

test('calls of the control port are routes that there are', () => {
  const text = pageOf(promisedDefinition());
  const routes = Object.values(controlDocuments).map(
    ({ method, path }) => new RegExp(`^${method} ${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  );
  const calls = [...text.matchAll(/`curl -s (-X POST )?[^`]*http:\/\/[^/`]+([^`?]*)[^`]*`/g)];
  expect(calls.length).toBeGreaterThan(20);
  for (const [, post, path] of calls) {
    const call = `${post === undefined ? 'get' : 'post'} ${path}`;
    expect([call, routes.some((route) => route.test(call))]).toEqual([call, true]);
  }
});

test('an alert with two severities has one page with both expressions', () => {
  const text = pageOf(promisedDefinition());
  const [, page] = text.split('\n## SightlineAvailabilityBudgetBurn\n');
  const [own] = page.split('\n## ');
  expect(own.match(/<summary>.*<\/summary>/g)).toEqual([
    '<summary>Expression (critical for 2m)</summary>',
    '<summary>Expression (warning for 15m)</summary>',
  ]);
});

test('tables have as many cells in each row', () => {
  const rows = pageOf(promisedDefinition())
    .split('\n')
    .filter((line) => line.startsWith('|'));
  for (const row of rows) expect([2, 3]).toContain(row.split(' | ').length);
});
