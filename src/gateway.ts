import type { Access } from './access/access.ts';
import type { Alarming } from './alarming.ts';
import type { Answer } from './answer.ts';
import type { ServingGeneration, ServingSettings } from './changes/ingredients.ts';
import type { Steering } from './changes/steering.ts';
import type { Config } from './config.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import type { DryRequest, DryRun } from './dry-run.ts';
import type { Experiments } from './experiments/experiments.ts';
import type { Keeping } from './keeping.ts';
import type { Admission } from './pipeline/admission/admission.ts';
import type { Standing } from './pipeline/admission/shed.ts';
import type { Faults } from './pipeline/faults.ts';
import type { Generations } from './pipeline/generations/generations.ts';
import type { ModelStatus } from './pipeline/generations/model-status.ts';
import type { Plugin } from './plugins/plugin.ts';
import type { Training } from './scheduling.ts';
import type { FeatureStores } from './stores/features/open-feature-stores.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { MeasuredStore } from './stores/measured.ts';
import type { SessionTable } from './stores/session-table.ts';
import type { TableShelf } from './stores/tables/table-shelf.ts';
import type { PipelineLayout } from './telemetry/layout.ts';
import type { RequestRecord } from './telemetry/request-record.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import type { Watch } from './watching.ts';
import type { Writing } from './writing.ts';

/** The whole of Sightline, wired together, without a listener. */
export interface Gateway extends Writing {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly store: MeasuredStore;
  /** Who may call the query listener. */
  readonly access: Access;
  /** Where algorithms of the generation that serves look features up. */
  readonly features: FeatureStores;
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  /** Where global tables are loaded. */
  readonly tables: TableShelf;
  /** The layout of a work, or undefined when there is no such work. */
  layoutOf(work: string): PipelineLayout | undefined;
  /**
   * Runs a work; `render` makes the answer's bytes while its columns are still there. Under too much load the answer
   * comes from the popularity list, or it throws `OverloadError`, as `standing` asks.
   */
  recommend<T>(
    work: string,
    request: RecommendRequest,
    record: RequestRecord,
    render: (answer: Answer) => T,
    standing?: Standing,
  ): T | Promise<T>;
  /** Runs a work for nobody, see `createDryRun`; it passes no admission. */
  dryRun<T>(asked: DryRequest, read: (done: DryRun & { readonly answer: Answer }) => T): Promise<T>;
  /** Answers that are kept for the Gorse API; undefined where none are. */
  readonly keeping: Keeping | undefined;
  /** What recommend takes in; undefined where it takes in whatever comes. */
  readonly admission: Admission | undefined;
  /** The generation that serves. */
  generation(): { readonly id: string; readonly publishedAtMs: number };
  /** The generations in memory; the current one serves. */
  readonly generations: Generations<ServingGeneration>;
  /** The part of the configuration that serves now; it differs from `config` after a reload. */
  settings(): ServingSettings;
  /** The way to new generations, and back to former ones. */
  readonly steering: Steering;
  models(): readonly ModelStatus[];
  /** Training runs, and the versions of models. */
  readonly training: Training;
  /** The experiments of the generation that serves. */
  readonly experiments: Experiments;
  /** Where the algorithms at hand come from, the built-in ones first. */
  readonly plugins: readonly Plugin[];
  /** What may be broken on purpose; undefined where the configuration does not allow it. */
  readonly faults: Faults | undefined;
  /** The signals; undefined where events are off. */
  readonly watch: Watch | undefined;
  /** The anomalies found, and the alerts that others told of. */
  readonly alarming: Alarming;
  /** Not ready before the first generation is published and while draining; `reasons` says why. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** From now on `readiness` says no. */
  drain(): void;
  close(): Promise<void>;
}
