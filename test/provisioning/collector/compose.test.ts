import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { collectorFiles } from '../../../src/provisioning/collector/collector-files.ts';
import { inCompose } from '../../../src/provisioning/collector/targets.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly profiles?: string[];
  readonly privileged?: true;
  readonly read_only: boolean;
  readonly cap_add?: string[];
  readonly cap_drop: string[];
  readonly security_opt: string[];
  readonly mem_limit: string;
  readonly cpus: number;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly secrets?: { source: string }[];
  readonly depends_on?: Record<string, unknown>;
  readonly healthcheck?: { test: string[] };
  readonly logging: { driver: string; options: Record<string, string> };
}

interface Stack {
  readonly services: Record<string, Service>;
  readonly volumes: Record<string, unknown>;
  readonly secrets: Record<string, { environment: string }>;
}

const files = collectorFiles(exampleDefinition());
const stack = stackOf();
const services = Object.entries(stack.services);

function stackOf(different: Partial<Definition> = {}): Stack {
  const made = collectorFiles(exampleDefinition(different));
  return parse(made.find(({ path }) => path === 'compose.yaml')!.text);
}

test('it starts the gateway and all that watch it; what nothing needs waits for its profile', () => {
  const started = services.filter(([, { profiles }]) => profiles === undefined);
  expect(started.map(([name]) => name).sort()).toEqual([
    'alertmanager',
    'grafana',
    'loki',
    'otel-collector',
    'prometheus',
    'queue-folder',
    'sightline',
    'tempo',
  ]);
  expect(Object.keys(stack.services)).toContain('redis');
});

test.each(services)('%s has a fixed version, or is built from here', (_, { image, build }) => {
  if (build === undefined) expect(image).toMatch(/:v?\d+\.\d+\.\d+(?:-alpine)?$/);
  else expect(build).toBe('.');
});

test.each(services)('%s is published on loopback only', (_, { ports = [] }) => {
  expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
});

test.each(services)('%s has no privileges and no more than its share', (name, service) => {
  expect(service.privileged).toBeUndefined();
  expect(service.cap_drop).toEqual(['ALL']);
  expect(service.cap_add ?? []).toEqual(name === 'queue-folder' ? ['CHOWN'] : []);
  expect(service.security_opt).toEqual(['no-new-privileges:true']);
  expect(service.mem_limit).toMatch(/^\d+m$/);
  expect(service.cpus).toBeGreaterThan(0);
});

test('a root that can be written needs a reason: compose copies secrets into it', () => {
  const writable = services.filter(([, service]) => !service.read_only);
  const withSecrets = services.filter(([, service]) => service.secrets !== undefined);
  expect(writable).toEqual(withSecrets);
});

test('whatever is mounted is a volume, or a file that is generated or in the repository', () => {
  // Made from the same definition by the other generators.
  const others = ['./alerts', './dashboards', './deploy/grafana/provisioning'];
  const sources = services.flatMap(([, { volumes = [] }]) => volumes.map((it) => it.split(':')[0]));
  const missing = sources.filter(
    (source) =>
      !(source in stack.volumes) &&
      !others.includes(source) &&
      !files.some(({ path }) => source === `./${path}`) &&
      !existsSync(source),
  );
  expect(missing).toEqual([]);
  expect(Object.keys(stack.volumes).filter((volume) => !sources.includes(volume))).toEqual([]);
});

test('folders and files of the host are read and never written', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes);
  const writable = mounts.filter((mount) => mount.startsWith('.') && !mount.endsWith(':ro'));
  expect(writable).toEqual([]);
});

test('it does not start without the secrets, and holds none', () => {
  expect(stack.services.sightline.environment?.SIGHTLINE_CONTROL_TOKEN).toMatch(
    /^\$\{SIGHTLINE_CONTROL_TOKEN:\?.+\}$/,
  );
  expect(stack.services.grafana.environment?.GF_SECURITY_ADMIN_PASSWORD).toMatch(
    /^\$\{SIGHTLINE_GRAFANA_PASSWORD:\?.+\}$/,
  );
  expect(stack.secrets).toEqual({ 'control-token': { environment: 'SIGHTLINE_CONTROL_TOKEN' } });
});

test('every address inside the stack names one of its services', () => {
  const addresses = [
    ...services.flatMap(([, { environment = {} }]) => Object.values(environment)),
    ...inCompose.nodes,
    inCompose.collector,
    inCompose.alertmanager,
  ];
  const named = addresses.flatMap(
    (address) => /^(?:http:\/\/)?([a-z-]+)(?::\d+(?:\/\w*)?)?$/.exec(address)?.[1] ?? [],
  );
  const hosts = named.filter((host) => !['true', 'false'].includes(host));
  expect(new Set(hosts)).toEqual(
    new Set(['otel-collector', 'tempo', 'loki', 'prometheus', 'sightline', 'alertmanager']),
  );
});

test('neither the gateway nor its log waits for the collector', () => {
  const { depends_on, logging } = stack.services.sightline;
  expect(depends_on).toBeUndefined();
  expect(logging).toMatchObject({
    driver: 'fluentd',
    options: { 'fluentd-address': '127.0.0.1:24224', 'fluentd-async': 'true' },
  });
  expect(stack.services['otel-collector'].ports).toContain('127.0.0.1:24224:24224');
});

test('each server is asked how it is, but those whose image has nothing to ask with', () => {
  const unasked = services.filter(([, service]) => service.healthcheck === undefined);
  // The gateway is asked by its own image.
  expect(unasked.map(([name]) => name)).toEqual(['sightline', 'queue-folder', 'otel-collector']);
});

test('series are kept for longer than the period of the error budgets', () => {
  const keptDays = (sloDays: number) => {
    const { command = [] } = stackOf({ sloDays }).services.prometheus;
    return Number(/retention\.time=(\d+)d/.exec(command.join(' '))?.[1]);
  };
  expect(keptDays(30)).toBeGreaterThan(30);
  expect(keptDays(89.5)).toBeGreaterThan(90);
  expect(keptDays(0.02)).toBeGreaterThanOrEqual(15);
});

test('spans say the environment where there is one', () => {
  const { environment } = stackOf({ environment: 'staging' }).services.sightline;
  expect(environment?.OTEL_RESOURCE_ATTRIBUTES).toBe('deployment.environment.name=staging');
  expect(stack.services.sightline.environment).not.toHaveProperty('OTEL_RESOURCE_ATTRIBUTES');
});

test('the keys that the configuration names reach the gateway by their variables, and it does not start without', () => {
  const { environment } = stackOf({ keyVariables: ['WEB_KEY'] }).services.sightline;
  expect(environment?.WEB_KEY).toBe(
    '${WEB_KEY:?is not set, a key of access.keys in sightline.yaml}',
  );
  expect(Object.keys(stack.services.sightline.environment!)).not.toContain('WEB_KEY');
});
