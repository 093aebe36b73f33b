import type { Definition } from '../source/definition.ts';
import { noted, type Yaml } from '../yaml-file.ts';

/** What the levels of the log are called in OTTL. */
const severities = {
  debug: 'SEVERITY_NUMBER_DEBUG',
  info: 'SEVERITY_NUMBER_INFO',
  warn: 'SEVERITY_NUMBER_WARN',
  error: 'SEVERITY_NUMBER_ERROR',
};

/** A JSON text, with whatever is escaped in it. */
const jsonText = '"(?:[^"\\\\]|\\\\.)*"';

/**
 * The transform that makes log records of the JSON lines of the gateway. The line stays the body, so that queries read
 * its fields; time, severity and trace are taken from it.
 */
export function logLines({ service, environment }: Definition): Yaml {
  return {
    error_mode: 'ignore',
    log_statements: [
      { statements: resourceStatements(service, environment) },
      { conditions: ['IsMatch(log.body, "^\\\\{")'], statements: fieldStatements() },
      noted('A path that is no route may be anything, also an id.', {
        statements: [
          `replace_pattern(log.body, ${text(`"path":${jsonText}`)}, ${text('"path":"redacted"')})`,
        ],
      }),
      noted('What the runtime says of the container is no part of the line.', {
        statements: ['keep_keys(log.attributes, ["source"])'],
      }),
    ],
  };
}

function resourceStatements(service: string, environment: string | undefined): string[] {
  const name = `set(resource.attributes["service.name"], ${text(service)})`;
  if (environment === undefined) return [name];
  return [name, `set(resource.attributes["deployment.environment.name"], ${text(environment)})`];
}

function fieldStatements(): string[] {
  const from = (field: string) => `log.cache["${field}"]`;
  const given = (field: string) => `where ${from(field)} != nil`;
  return [
    'set(log.cache, ParseJSON(log.body))',
    `set(log.time, Time(${from('time')}, "%Y-%m-%dT%H:%M:%S.%LZ")) ${given('time')}`,
    `set(log.severity_text, ${from('level')}) ${given('level')}`,
    ...Object.entries(severities).map(
      ([level, severity]) =>
        `set(log.severity_number, ${severity}) where ${from('level')} == "${level}"`,
    ),
    `set(log.trace_id.string, ${from('trace_id')}) ${given('trace_id')}`,
    `set(log.span_id.string, ${from('span_id')}) ${given('span_id')}`,
  ];
}

/** A text as OTTL reads it. */
const text = (value: string) => JSON.stringify(value);
