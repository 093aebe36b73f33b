import type { ConfigSource } from '../changes/steering.ts';
import type { Config } from '../config.ts';
import { isLoopback } from '../domain/loopback.ts';
import { packageVersion } from '../domain/package-version.ts';
import type { Gateway } from '../gateway.ts';
import { createControlApp } from '../http/control/app.ts';
import { createAdmit } from '../http/gorse/admit.ts';
import { admitOnce } from '../http/gorse/admit-once.ts';
import { createKeptDoor } from '../http/gorse/kept-door.ts';
import { createKeyGuard } from '../http/key-guard.ts';
import { firstAnswer, type Listener, openListener } from '../http/listen.ts';
import { createQueryApp } from '../http/query/app.ts';
import { createEarlyRefusal } from '../http/query/early-refusal.ts';
import { openGateway, type StartProgress } from '../open-gateway.ts';
import { type OpenTelemetry, openTelemetry } from '../telemetry/open-telemetry.ts';
import { createLateApp } from './starting-app.ts';

/** A gateway behind its two listeners. */
export interface Server {
  readonly gateway: Gateway;
  readonly query: Listener;
  readonly control: Listener;
  /** Answers what is in flight, then lets everything go, in the order that loses nothing. */
  close(): Promise<void>;
}

/** What a server is opened with. */
export interface ServerOptions {
  readonly config: Config;
  /** The folder of the configuration, which the paths of plugins begin at. */
  readonly folder?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (progress: StartProgress) => void;
  /** Where the configuration is read again when it changes. */
  readonly source?: ConfigSource | undefined;
  /** A file descriptor or the path of a file for log lines; standard output by default. */
  readonly logDestination?: number | string;
}

/** How long the control port may take to let go: its requests are short. */
const controlDrainMs = 1000;

/**
 * Opens telemetry, both ports, then the gateway behind them. Until the gateway is there the ports answer
 * `SL_STARTING`. Throws every reason why it cannot, as one error or an `AggregateError`, with nothing left open.
 */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { config, environment, logDestination = 1 } = options;
  const { clickTypes, conversionTypes } = config.signals.requests;
  const telemetry = openTelemetry({
    ...config.telemetry,
    deployment: config.provisioning.environment,
    feedbackTypes: [...clickTypes, ...conversionTypes],
    serviceVersion: packageVersion(),
    environment,
    logDestination,
  });
  try {
    return await openBehind(telemetry, options);
  } catch (cause) {
    await telemetry.close();
    throw cause;
  }
}

async function openBehind(telemetry: OpenTelemetry, options: ServerOptions): Promise<Server> {
  const { config, folder, environment, onProgress, source } = options;
  const { emit } = telemetry;
  const apps = { query: createLateApp(), control: createLateApp() };
  const { query, control } = await openBoth(apps, config, telemetry);
  try {
    const gateway = await openGateway({
      ...{ config, folder, telemetry, onProgress, environment, source },
    });
    const token = environment.SIGHTLINE_CONTROL_TOKEN;
    const admit = admitOnce(createAdmit(createKeyGuard(gateway.access)));
    const app = createQueryApp(gateway, { token, admit });
    apps.query.set({
      fetch: (request, env) => app.fetch(request, env),
      answerEarly: firstAnswer(createEarlyRefusal(gateway), createKeptDoor(gateway, { admit })),
    });
    apps.control.set(createControlApp(gateway, { token }));
    emit('server.listening', { listener: 'query', url: query.url });
    emit('server.listening', { listener: 'control', url: control.url });
    if (gateway.access.isOpen && !isLoopback(config.http.query.host))
      emit('access.exposed', { host: config.http.query.host });
    const close = () => closeAll({ gateway, query, control });
    return { gateway, query, control, close };
  } catch (cause) {
    await Promise.all([query.close({ drainMs: 0 }), control.close({ drainMs: 0 })]);
    throw cause;
  }
}

async function openBoth(
  apps: Record<'query' | 'control', ReturnType<typeof createLateApp>>,
  { http, gorse }: Config,
  { emit }: OpenTelemetry,
): Promise<{ query: Listener; control: Listener }> {
  const [query, control] = await Promise.allSettled([
    openListener(apps.query, {
      ...{ ...http.query, name: 'query', emit },
      hasLongRequests: gorse?.admin,
    }),
    openListener(apps.control, { ...http.control, name: 'control', emit }),
  ]);
  if (query.status === 'fulfilled' && control.status === 'fulfilled') {
    return { query: query.value, control: control.value };
  }
  const errors: unknown[] = [];
  for (const result of [query, control]) {
    if (result.status === 'fulfilled') await result.value.close({ drainMs: 0 });
    else errors.push(result.reason);
  }
  throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'no port could be taken');
}

/** The control port goes last, so that probes and scrapes see the draining. */
async function closeAll({ gateway, query, control }: Omit<Server, 'close'>): Promise<void> {
  const { telemetry } = gateway;
  gateway.drain();
  telemetry.emit('server.draining', { inFlight: query.inFlight() });
  await query.close({ drainMs: gateway.config.http.drainMs });
  await telemetry.flush();
  await control.close({ drainMs: controlDrainMs });
  await gateway.close();
  await telemetry.close();
}
