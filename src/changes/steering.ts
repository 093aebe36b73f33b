import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Access, accessNeedsRestart } from '../access/access.ts';
import type { Config } from '../config.ts';
import { SightlineError } from '../domain/errors.ts';
import type { LiveGeneration } from '../pipeline/generations/live-generation.ts';
import type { ChangeTrigger } from '../telemetry/fact-values.ts';
import type { Emit } from '../telemetry/facts.ts';
import { type Announcement, openAnnouncements } from './announcements.ts';
import { type Change, type ChangeReport, type Changes, needingRestart } from './changes.ts';
import { type ServingGeneration, servingKeys, servingSettings } from './ingredients.ts';
import { watchFiles } from './watch-files.ts';

/** What became of a reload. */
export interface ReloadReport extends ChangeReport {
  /** Top-level keys of the configuration that have changed and hold only from the next start on. */
  readonly needsRestart: readonly string[];
}

/** A reload that is asked for. */
export type Reload = Omit<Change, 'readSettings' | 'models'>;

/** Where a configuration is read again. */
export interface ConfigSource {
  readonly file: string;
  /** Throws `SL_CONFIG_INVALID` with every mistake. */
  readonly read: () => Config;
}

/** How a gateway comes to serve something else: told to, by a changed file, or by another instance. */
export interface Steering {
  /**
   * Reads the configuration again and applies it, with the models and tables as they are now; see `Changes.apply`. Where
   * a file has changed or a table is reread, a configuration that has been applied is not applied again: after a
   * roll-back the settings of the generation that serves stay.
   */
  reload(reload: Reload): Promise<ReloadReport>;
  /** Lets a staged or kept generation serve; see `Changes.publish`. */
  publish(id: string, trigger: ChangeTrigger): Promise<LiveGeneration<ServingGeneration>>;
  close(): void;
}

/** What is steered. */
export interface SteeringParts {
  readonly config: Config;
  /** The folder that the paths of plugins begin at. */
  readonly folder: string;
  /** Files that the current generation was loaded from, beside those that the configuration names. */
  readonly loadedFiles: () => readonly string[];
  /** Undefined where there is nothing to read again. */
  readonly source: ConfigSource | undefined;
  /** Takes other keys with each reload, whatever becomes of the generation. */
  readonly access: Pick<Access, 'renew'>;
  readonly changes: Changes;
  readonly emit: Emit;
  /** Holds the secrets that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Watches files, joins the channel of announcements where one is configured, and takes calls. */
export function openSteering(parts: SteeringParts): Steering {
  const { config, folder, source, access, loadedFiles, changes, emit, environment } = parts;
  const { announce, watchSeconds } = config.generations;
  let latest = config;
  let applied = config;

  const readConfig = () => {
    const read = source?.read() ?? latest;
    access.renew(read.access);
    return read;
  };

  async function reload(asked: Reload): Promise<ReloadReport> {
    try {
      // A key that is taken away must not wait for the turn, the room and the gate of a generation.
      readConfig();
    } catch {
      // The change fails by the same, and tells it.
    }
    let read = latest;
    const readSettings = () => {
      read = readConfig();
      latest = read;
      // A roll-back lasts while other files than the configuration change.
      const isAsked = asked.trigger !== 'file' && asked.reread === undefined;
      return isAsked || !isDeepStrictEqual(read, applied) ? servingSettings(read) : undefined;
    };
    const report = await changes.apply({ ...asked, readSettings });
    if (report.outcome !== 'held') applied = read;
    return { ...report, needsRestart: needsRestart(config, latest) };
  }

  async function publish(id: string, trigger: ChangeTrigger) {
    const live = await changes.publish(id, trigger);
    applied = latest;
    return live;
  }

  const follow = (heard: Announcement) =>
    heard.change === 'publish'
      ? followTo(heard.generation, { reload, publish, emit })
      : reload({ trigger: 'announcement', reread: heard.reread, force: heard.force });
  const announcements =
    announce &&
    openAnnouncements({
      options: announce,
      password: announce.passwordEnv && environment[announce.passwordEnv],
      emit,
      // What fails here is told by the facts of the change.
      onHeard: (heard) => void follow(heard).catch(() => {}),
    });
  const watch =
    source !== undefined && watchSeconds > 0
      ? watchFiles({
          files: () => [source.file, ...filesOf(latest, folder), ...loadedFiles()],
          everySeconds: watchSeconds,
          onChange: () => reload({ trigger: 'file' }).catch(isForGood),
        })
      : undefined;
  return {
    async reload(asked) {
      const report = await reload(asked);
      const isOwn = asked.trigger === 'control' && report.outcome === 'published';
      if (isOwn)
        announcements?.tell({ change: 'reload', reread: asked.reread, force: asked.force });
      return report;
    },
    async publish(id, trigger) {
      const live = await publish(id, trigger);
      announcements?.tell({ change: 'publish', generation: id });
      return live;
    },
    close() {
      watch?.close();
      announcements?.close();
    },
  };
}

/** The top-level keys of a configuration whose changes hold only from the next start on. */
function needsRestart(before: Config, after: Config): readonly string[] {
  const others = needingRestart(before, after, [...servingKeys, 'access']);
  return accessNeedsRestart(before.access, after.access) ? ['access', ...others] : others;
}

/** Whether trying once more is of no use: room comes by itself, what is wrong in files does not go. */
const isForGood = (cause: unknown): boolean =>
  !(cause instanceof SightlineError && cause.code === 'SL_GENERATIONS_FULL');

/**
 * Lets a generation serve that serves elsewhere. One that was held back there may not have been built here; one that
 * comes out differently here waits, and says so.
 */
async function followTo(
  id: string,
  { reload, publish, emit }: Pick<Steering, 'reload' | 'publish'> & { readonly emit: Emit },
): Promise<void> {
  const trigger = 'announcement';
  try {
    await publish(id, trigger);
  } catch {
    const { generation } = await reload({ trigger, hold: true });
    if (generation === id) await publish(id, trigger);
    else emit('generation.failed', { trigger, phase: 'build', cause: differs(generation, id) });
  }
}

function differs(generation: string, id: string): SightlineError {
  const message = `generation is ${generation}, expected ${id} as on the instance that announced it`;
  return new SightlineError('SL_GENERATION_FAILED', message);
}

/** The files beside the configuration whose content serves. */
function filesOf({ tables, models, modelFolder, plugins }: Config, folder: string): string[] {
  return [
    ...Object.values(plugins).flatMap(({ path }) =>
      path === undefined ? [] : resolve(folder, path),
    ),
    ...Object.values(tables).map(({ file }) => file),
    ...Object.keys(models).map((name) => join(modelFolder, name, 'current')),
  ];
}
