/**
 * The public face of Sightline: what a program that embeds the gateway, or an author of a store, model or
 * algorithm, may rely on. Everything else is private.
 */
export type { Answer } from './answer.ts';
// biome-ignore lint/performance/noBarrelFile: the one place where names are handed on
export { type Config, configSchema, parseConfig, readConfig } from './config.ts';
export { type Clock, systemClock } from './domain/clock.ts';
export {
  type Degradation,
  type DegradationReason,
  degradationReasons,
} from './domain/degradation.ts';
export { type ErrorCode, errorCodes, type Mistake, SightlineError } from './domain/errors.ts';
export { type Feedback, feedbackKey } from './domain/feedback.ts';
export type { Intent, SessionState, Surface } from './domain/intent.ts';
export type { Item } from './domain/item.ts';
export type { OptionsSchema } from './domain/options-schema.ts';
export type { RecommendRequest } from './domain/recommend-request.ts';
export type { Slate } from './domain/slate.ts';
export type { User } from './domain/user.ts';
export type { Gateway } from './gateway.ts';
export type { Interactions, Model, ModelKind, ModelQuery, ModelStamp } from './models/model.ts';
export { type GatewayOptions, openGateway, type StartProgress } from './open-gateway.ts';
export type {
  CustomStage,
  FeatureFetcher,
  Filter,
  IntentParser,
  RequestContext,
  Reranker,
  Retriever,
  ScoredCandidates,
  Scorer,
} from './pipeline/algorithm.ts';
export type {
  AlgorithmParts,
  Algorithms,
  Catalogue,
  Definition,
} from './pipeline/catalogue.ts';
export type { FeatureColumn } from './pipeline/features/feature-column.ts';
export type { Features } from './pipeline/features/request-features.ts';
export type { FeedbackReceipt } from './pipeline/feedback-door.ts';
export type { ModelStatus } from './pipeline/generations/model-status.ts';
export { definePlugin, type Plugin } from './plugins/plugin.ts';
export {
  createPluginShelf,
  type LoadedPlugins,
  type PluginShelf,
} from './plugins/plugin-shelf.ts';
export type { FeatureValue } from './stores/features/feature-store.ts';
export type { FeatureStoreKind } from './stores/features/feature-store-kind.ts';
export type { Appended, Lookup, Page, Store } from './stores/store.ts';
export {
  type OpenTelemetry,
  openTelemetry,
  type TelemetryOptions,
} from './telemetry/open-telemetry.ts';
export type { Telemetry } from './telemetry/telemetry.ts';
