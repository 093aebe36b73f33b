/** The two formats of an exposition. */
export type ExpositionFormat = 'text' | 'openMetrics';

/** What a scraper is told that it gets. */
export const expositionTypes: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Whether an `Accept` header ranks OpenMetrics 1.0.0 at least as high as plain text. */
export function prefersOpenMetrics(accept = ''): boolean {
  let openMetrics = 0;
  let text = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const version = parameterOf(parameters, 'version');
    const weight = weightOf(parameterOf(parameters, 'q'));
    if (type === 'application/openmetrics-text' && (version ?? '1.0.0') === '1.0.0') {
      openMetrics = Math.max(openMetrics, weight);
    } else if (textRanges.has(type) && (version ?? '0.0.4') === '0.0.4') {
      text = Math.max(text, weight);
    }
  }
  return openMetrics > 0 && openMetrics >= text;
}

const textRanges = new Set(['text/plain', 'text/*', '*/*']);

function parameterOf(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((parameter) => parameter.startsWith(`${name}=`));
  return found?.slice(name.length + 1).replaceAll('"', '');
}

function weightOf(text = '1'): number {
  const weight = Number(text);
  return weight >= 0 && weight <= 1 ? weight : 0;
}
