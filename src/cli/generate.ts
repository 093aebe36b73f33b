import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { type Config, configSchema, readConfig } from '../config.ts';
import type { GeneratedFile } from '../provisioning/generated-file.ts';
import { type Command, configOption, usageError } from './command.ts';
import { generatedFiles, generatedKinds } from './generated-files.ts';

/** Writes everything that is made from code and configuration. */
export const generate: Command = {
  name: 'generate',
  summary: 'write dashboards, alerts, the collector and documents',
  details: [
    'Writes what follows from the configuration and the table of series: dashboards for Grafana, rules with',
    'their tests and a runbook for Prometheus, the configuration of the collector and of the servers around',
    `it, and documents. Kinds: ${Object.keys(generatedKinds).join(', ')}; all where none is named.`,
  ].join('\n'),
  positionals: '[KIND...]',
  options: {
    config: configOption,
    check: { summary: 'write nothing; exit with 1 and name the files that are not up to date' },
    folder: { value: 'FOLDER', default: '.', summary: 'folder to write to' },
    service: { value: 'NAME', summary: 'service name instead of the configured one' },
    environment: { value: 'NAME', summary: 'environment instead of the configured one' },
  },
  run: async ({ switches, values, positionals }, terminal) => {
    const config = override(readConfig(values.config!, terminal.environment), values);
    const isWanted = selectKinds(positionals);
    const files = await generatedFiles(config, dirname(resolve(values.config!)));
    const stale = files
      .filter(isWanted)
      .filter(({ path, text }) => read(join(values.folder!, path)) !== text);
    for (const { path, text } of stale) {
      terminal.out(`${switches.has('check') ? 'not up to date' : 'written'}: ${path}\n`);
      if (!switches.has('check')) write(join(values.folder!, path), text);
    }
    if (!switches.has('check') || stale.length === 0) return 0;
    terminal.err('run `npm run generate` and commit what it writes\n');
    return 1;
  },
};

/** The configuration with what the options say; they are held to the same rules as the file. */
function override(
  config: Config,
  { service, environment }: Readonly<Record<string, string | undefined>>,
): Config {
  const { telemetry, provisioning } = configSchema.shape;
  const parts = z.object({ telemetry, provisioning }).safeParse({
    telemetry: { ...config.telemetry, ...(service !== undefined && { serviceName: service }) },
    provisioning: { ...config.provisioning, ...(environment !== undefined && { environment }) },
  });
  if (parts.success) return { ...config, ...parts.data };
  const mistakes = parts.error.issues.map(
    ({ path, message }) => `${String(path.at(-1))} ${message}`,
  );
  throw usageError('generate', mistakes);
}

function selectKinds(names: readonly string[]): (file: GeneratedFile) => boolean {
  const mistakes = names
    .filter((name) => !Object.hasOwn(generatedKinds, name))
    .map((name) => `kind ${name}, expected one of ${Object.keys(generatedKinds).join(', ')}`);
  if (mistakes.length > 0) throw usageError('generate', mistakes);
  const wanted = names.flatMap((name) => generatedKinds[name]);
  return ({ path }) => names.length === 0 || wanted.some((start) => path.startsWith(start));
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
