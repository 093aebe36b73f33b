import { forms, type Settings } from './settings.ts';

/** The lines of an environment file that take over where spans go; none where Gorse sends none. */
export function convertTracing(settings: Settings): string[] {
  const isOn = settings.read('tracing.enable_tracing', forms.flag) ?? false;
  const text = isOn ? 'OTEL_* in the environment, see the head of the file' : 'is off';
  const verdict = isOn ? 'became' : 'same';
  for (const name of ['enable_tracing', 'exporter', 'collector_endpoint'])
    settings.tell(`tracing.${name}`, verdict, text);
  for (const name of ['sampler', 'ratio'])
    settings.tell(
      `tracing.${name}`,
      'none',
      'every request is traced; sample in the collector (otel-collector.yaml)',
    );
  if (!isOn) return [];
  const endpoint = settings.read('tracing.collector_endpoint', forms.text) ?? '';
  return [`OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostOf(endpoint)}:4318`, 'OTEL_SERVICE_NAME=gorse'];
}

/** The host alone: the port is that of another protocol, and the rest may hold a password. */
function hostOf(endpoint: string): string {
  const url = endpoint.includes('://') ? endpoint : `http://${endpoint}`;
  const host = endpoint.length <= 300 && URL.canParse(url) ? new URL(url).hostname : '';
  return host === '' ? 'localhost' : host;
}
