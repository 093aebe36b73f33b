import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { define } from '../../src/defining.ts';
import type { Dashboard, Panel } from '../../src/provisioning/dashboards/dashboard.ts';
import { dashboardsOf } from '../../src/provisioning/dashboards/index.ts';
import { provision } from '../../src/provisioning/index.ts';
import { provisioningSchema } from '../../src/provisioning/provisioning-schema.ts';
import type { Definition } from '../../src/provisioning/source/definition.ts';
import { testWith } from '../installed.ts';
import { openReceiver, type Receiver } from '../webhooks/receiver.ts';
import { type BusyShop, controlToken, openBusyShop } from './busy-shop.ts';
import { type PrometheusApi, prometheusApi } from './prometheus-api.ts';
import { freePort, startAlertmanager, startPrometheus } from './running-server.ts';

/** A period of error budgets so short that an hour of 30 days takes six seconds. */
const provisioning = { scrapeSeconds: 1, sloDays: 0.05, environment: 'rehearsal' };

testWith('prometheus')(
  'what is generated works on a real Prometheus and Alertmanager, from the fault to the page and back',
  async () => {
    const shop = await openPromisingShop();
    const definition = define({
      ...shop.config,
      provisioning: provisioningSchema.parse({
        ...provisioning,
        nodes: [new URL(shop.server.control.url).host],
      }),
    });
    const receiver = await openReceiver();
    const folder = writeProvisioned(definition);
    const prometheusPort = await freePort();
    const alertmanager = await startAlertmanager(alertmanagerConfig(folder, shop, receiver));
    const prometheus = prometheusApi(
      (
        await startPrometheus(prometheusConfig(folder, { prometheusPort, alertmanager }), {
          port: prometheusPort,
        })
      ).url,
    );
    const traffic = startTraffic(shop);
    onTestFinished(() => traffic.stop());
    await shop.everythingRare();
    await calm(prometheus);

    await breakLatency(shop);
    const isPage = {
      alertname: 'SightlineLatencyBudgetBurn',
      severity: 'critical',
      work: 'session',
    };
    await told(receiver, { ...isPage, status: 'firing' });
    expect(await annotationsOf(shop)).toContain('SightlineLatencyBudgetBurn');

    expect(await failures(prometheus, definition)).toEqual([]);

    await shop.control('DELETE', '/control/faults');
    await told(receiver, { ...isPage, status: 'resolved' });
  },
  180_000,
);

/** A shop that promises everything that can be promised, and may be broken on purpose. */
function openPromisingShop(): Promise<BusyShop> {
  return openBusyShop((config) => {
    const { session } = config.works;
    const slo = {
      latencyP95Ms: 100,
      availability: 0.99,
      nonEmpty: 0.99,
      coverage: 0.01,
      freshnessHours: 24,
    };
    const stages = session.stages.map((stage) => ({
      ...stage,
      slo: { availability: 0.9, latencyP99Ms: 1000 },
    }));
    return { faults: { enabled: true }, works: { session: { ...session, slo, stages } } };
  });
}

/** Writes what is generated into a folder of its own. */
function writeProvisioned(definition: Definition): string {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-provisioned-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const { path, text } of provision(definition)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, 'control-token'), controlToken);
  return folder;
}

/** The generated configuration of Prometheus, with the servers of this test for those of an installation. */
function prometheusConfig(
  folder: string,
  { alertmanager, prometheusPort }: { alertmanager: { port: number }; prometheusPort: number },
): object {
  const deploy = join(folder, 'deploy');
  const addresses = { alertmanager: alertmanager.port, prometheus: prometheusPort };
  const targets = readJson<Target[]>(join(deploy, 'targets.json')).flatMap((target) => {
    const { job } = target.labels;
    if (job === 'sightline') return [target];
    const port = addresses[job as keyof typeof addresses];
    return port === undefined ? [] : [{ ...target, targets: [`127.0.0.1:${port}`] }];
  });
  writeFileSync(join(deploy, 'targets.json'), JSON.stringify(targets));
  const text = readFileSync(join(deploy, 'prometheus.yml'), 'utf8')
    .replaceAll('../alerts', join(folder, 'alerts'))
    .replaceAll('targets.json', join(deploy, 'targets.json'));
  return parseYaml(text);
}

interface Target {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The generated configuration of Alertmanager, in a hurry, with somebody to tell. */
function alertmanagerConfig(folder: string, { server }: BusyShop, { url }: Receiver): object {
  const text = readFileSync(join(folder, 'deploy/alertmanager.yml'), 'utf8')
    .replaceAll('http://127.0.0.1:8081', server.control.url)
    .replaceAll('/etc/alertmanager/control-token', join(folder, 'control-token'))
    .replaceAll(/group_wait: \w+/g, 'group_wait: 0s')
    .replaceAll(/group_interval: \w+/g, 'group_interval: 1s');
  const config = parseYaml(text) as { receivers: { name: string }[] };
  const receivers = config.receivers.map((receiver) =>
    receiver.name === 'people' ? { ...receiver, webhook_configs: [{ url }] } : receiver,
  );
  return { ...config, receivers };
}

/** Visits the shop until it is stopped. */
function startTraffic({ visit }: BusyShop): { stop(): Promise<void> } {
  let isStopped = false;
  const ended = (async () => {
    for (let visits = 0; !isStopped; visits++) {
      await Promise.all([visit(`a-${visits}`), visit(`b-${visits}`), visit(`c-${visits}`)]);
    }
  })();
  return {
    stop() {
      isStopped = true;
      return ended;
    },
  };
}

/** Resolves when objectives are measured and none of them pages. */
async function calm(prometheus: PrometheusApi): Promise<void> {
  await vi.waitFor(
    async () => {
      const burns = await prometheus.instant('sightline:slo_burn:1h{slo="latency", stage=""}');
      expect(burns).toEqual([expect.objectContaining({ value: 0 })]);
    },
    { timeout: 60_000, interval: 500 },
  );
}

/** Makes scoring slower than the work promises to be. */
async function breakLatency({ control }: BusyShop): Promise<void> {
  const fault = { name: 'slow scores', kind: 'slow-stage', stage: 'score', delay_ms: 250 };
  const response = await control('PUT', '/control/faults', {
    faults: [{ ...fault, for_seconds: 600 }],
  });
  expect(response.status).toBe(200);
}

/** Resolves when somebody was told of an alert with these labels. */
async function told(
  { received }: Receiver,
  { status, ...labels }: Readonly<Record<string, string>>,
): Promise<void> {
  await vi.waitFor(
    () => {
      const alerts = received.flatMap(({ body }) => body.alerts as Told[]);
      expect(alerts).toContainEqual(
        expect.objectContaining({ status, labels: expect.objectContaining(labels) }),
      );
    },
    { timeout: 90_000, interval: 200 },
  );
}

interface Told {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the control port says happened, as text. */
async function annotationsOf({ server }: BusyShop): Promise<string> {
  return (await fetch(`${server.control.url}/control/annotations`)).text();
}

/** Every panel and rule that does not work, and every panel without data that has no reason to be empty. */
async function failures(prometheus: PrometheusApi, definition: Definition): Promise<string[]> {
  const rules = (await prometheus.rules())
    .filter(({ health }) => health !== 'ok')
    .map(({ name, health, lastError }) => `rule ${name}: ${health} ${lastError ?? ''}`);
  const panels = dashboardsOf(definition).flatMap((dashboard) =>
    panelsOf(dashboard).map((panel) => ({ dashboard, panel })),
  );
  const found: string[] = [];
  for (const { dashboard, panel } of panels) {
    const wrong = await failureOf(panel, { dashboard, prometheus });
    if (wrong !== undefined) found.push(`${dashboard.key}/${panel.key}: ${wrong}`);
  }
  return [...rules, ...found];
}

/** What is wrong with a panel; undefined where it shows something or has a reason not to. */
async function failureOf(
  panel: Panel,
  { dashboard, prometheus }: { dashboard: Dashboard; prometheus: PrometheusApi },
): Promise<string | undefined> {
  const queries = panel.queries.filter(({ source = 'prometheus' }) => source === 'prometheus');
  let series = 0;
  let exemplars = 0;
  try {
    for (const { expr, isInstant, hasExemplars } of queries) {
      const query = await chosen(expr, { dashboard, prometheus });
      const samples = isInstant ? await prometheus.instant(query) : await prometheus.range(query);
      series += samples.length;
      if (hasExemplars) exemplars += await prometheus.exemplars(query);
    }
  } catch (cause) {
    return (cause as Error).message;
  }
  if (queries.length === 0 || panel.mayBeEmpty !== undefined) return undefined;
  if (series === 0) return 'no data';
  return queries.some(({ hasExemplars }) => hasExemplars) && exemplars === 0
    ? 'no exemplars'
    : undefined;
}

/** An expression with everything chosen in the variables of its dashboard, the first where only one may be. */
async function chosen(
  expr: string,
  { dashboard, prometheus }: { dashboard: Dashboard; prometheus: PrometheusApi },
): Promise<string> {
  const values = new Map([
    ['__rate_interval', '4s'],
    ['__interval', '1s'],
    ['__range', '1m'],
    ['job', '.*'],
    ['instance', '.*'],
  ]);
  const fill = (text: string) =>
    [...values].reduce((filled, [name, value]) => withVariable(filled, name, value), text);
  for (const { name, values: choice, isSingle } of dashboard.variables) {
    if (isSingle) {
      const { selector, label } = choice;
      const found = await prometheus.instant(`group by (${label}) (${fill(selector)})`);
      values.set(name, found[0]?.metric[label] ?? '');
    } else values.set(name, '.*');
  }
  return fill(expr);
}

const withVariable = (text: string, name: string, value: string) =>
  text.replaceAll(new RegExp(`\\$(?:${name}\\b|\\{${name}(?::\\w+)?\\})`, 'g'), value);

const panelsOf = ({ rows }: Dashboard) => rows.flatMap(({ panels }) => panels);
const readJson = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;
