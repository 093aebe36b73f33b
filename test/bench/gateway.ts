import type { Bench } from './harness/bench.ts';
import { type Entry, measureRounds, warmUp } from './harness/burst.ts';
import { entryMedians, pairedRatio, planRounds } from './harness/compare.ts';
import { withGatewayStand } from './harness/gateway-stand.ts';

const connections = 32;

/**
 * Requests per second of the gateway, watching everything, divided by those of bare Hono that returns
 * the same bytes: 500 candidates and more, MMR, all filters.
 */
export const gatewayBench: Bench = ({ seconds, log }) =>
  withGatewayStand(log, async (stand) => {
    const gateway = await stand.startGateway('gateway', 'on');
    const answer = await sameBytes(gateway.ready.port, stand.requests[0]);
    const send = { requests: stand.requests };
    const entries: Entry[] = [
      { name: 'gateway', server: gateway, send },
      { name: 'bare_json', server: await stand.startBare(answer, 'json'), send },
      { name: 'bare_json_again', server: await stand.startBare(answer, 'json'), send },
      { name: 'bare_body', server: await stand.startBare(answer, 'body'), send },
    ];
    const plan = planRounds(entries.length, seconds);
    await warmUp(entries, { load: stand.load, connections });
    const rounds = await measureRounds(entries, { ...plan, load: stand.load, connections, log });
    await stand.checkGateways();
    const toBare = pairedRatio(rounds, ['gateway', 'bare_json'], 'perSecond');
    return {
      ratio_to_bare: toBare.median,
      ratio_to_bare_iqr: toBare.iqr,
      ratio_to_bare_body: pairedRatio(rounds, ['gateway', 'bare_body'], 'perSecond'),
      ratio_to_bare_by_cpu: pairedRatio(rounds, ['bare_json', 'gateway'], 'cpuMicros'),
      cpu_ratio_to_bare: pairedRatio(rounds, ['gateway', 'bare_json'], 'cpuMicros'),
      aa: {
        requests_ratio: pairedRatio(rounds, ['bare_json_again', 'bare_json'], 'perSecond'),
        cpu_ratio: pairedRatio(rounds, ['bare_json_again', 'bare_json'], 'cpuMicros'),
      },
      answer_bytes: Buffer.byteLength(answer),
      connections,
      ...plan,
      entries: entryMedians(rounds),
    };
  });

/** One answer of the gateway, for bare Hono to repeat. */
async function sameBytes(port: number, request: string): Promise<string> {
  const path = request.split(' ', 2)[1];
  return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}
