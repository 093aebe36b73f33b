import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { LiveGeneration } from '../pipeline/generations/live-generation.ts';
import type { ChangeTrigger, Emit } from '../telemetry/facts.ts';
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
  /** Reads the configuration again and applies what has changed in it, in models, and in tables; see `Changes.apply`. */
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
  readonly changes: Changes;
  readonly emit: Emit;
  /** Holds the secrets that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Watches files, joins the channel of announcements where one is configured, and takes calls. */
export function openSteering(parts: SteeringParts): Steering {
  const { config, folder, source, loadedFiles, changes, emit, environment } = parts;
  const { announce, watchSeconds } = config.generations;
  let latest = config;

  async function reload(asked: Reload): Promise<ReloadReport> {
    const readSettings = () => {
      latest = source?.read() ?? latest;
      return servingSettings(latest);
    };
    const report = await changes.apply({ ...asked, readSettings });
    return { ...report, needsRestart: needingRestart(config, latest, servingKeys) };
  }

  const follow = (heard: Announcement) =>
    heard.change === 'reload'
      ? reload({ trigger: 'announcement', reread: heard.reread })
      : changes.publish(heard.generation, 'announcement');
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
          onChange: () => reload({ trigger: 'file' }),
        })
      : undefined;
  return {
    async reload(asked) {
      const report = await reload(asked);
      const isOwn = asked.trigger === 'control' && report.outcome === 'published';
      if (isOwn) announcements?.tell({ change: 'reload', reread: asked.reread });
      return report;
    },
    async publish(id, trigger) {
      const live = await changes.publish(id, trigger);
      announcements?.tell({ change: 'publish', generation: id });
      return live;
    },
    close() {
      watch?.close();
      announcements?.close();
    },
  };
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
