import type { Anomaly } from '../domain/anomaly.ts';
import type { TracedRequest } from '../telemetry/trace-book.ts';

/** Measures that some requests show more than others. */
const showing: Readonly<Record<string, (request: Readonly<TracedRequest>) => boolean>> = {
  fallbacks: ({ outcome }) => outcome === 'fallback',
  degraded: ({ isDegraded }) => isDegraded,
  empty: ({ outcome }) => outcome === 'empty',
  errors: ({ outcome }) => outcome === 'error',
  missing: ({ isMissingFeatures }) => isMissingFeatures,
};

/** Answers whether a request shows an anomaly: it suffers what moved and carries the labels of the first cause. */
export function showsAnomaly(
  { measure, causes, series }: Anomaly,
  declared: readonly string[],
): (request: Readonly<TracedRequest>) => boolean {
  const suffers = showing[measure] ?? (() => true);
  const labels = Object.entries(causes[0]?.labels ?? series[0]?.labels ?? {});
  return (request) =>
    suffers(request) &&
    labels.every(([label, value]) => carries(request, { label, value, declared }));
}

function carries(
  request: Readonly<TracedRequest>,
  { label, value, declared }: { label: string; value: string; declared: readonly string[] },
): boolean {
  if (label === declared[0]) return request.firstLabel === value;
  if (label === declared[1]) return request.secondLabel === value;
  switch (label) {
    case 'work':
    case 'strategy':
    case 'segment':
    case 'catalog':
      return request[label] === value;
    case 'variant':
      return request.variant === (value === 'none' ? '' : value);
    // Stage and reason are of what happened in the request, which the measure asks for already.
    default:
      return true;
  }
}
