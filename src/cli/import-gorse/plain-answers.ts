import type { Settings, Verdict } from './settings.ts';

type Answer = readonly [Verdict, string];

const none = (text: string): Answer => ['none', text];
const same = (text: string): Answer => ['same', text];
const needless = (text: string): Answer => ['needless', text];

const store =
  'data stand in `store`, an SQLite of its own, and are carried over through the API (docs/gorse.md, step 3)';
const noCache = needless(
  'lists are worked out when they are asked for and kept in the memory of the process (`gorse.cache`)',
);
const noVectors = needless('vectors stand in the memory of the process and are searched exactly');
const noPool = needless('the store is a file of the process, without connections');
const prefix = needless('nobody else writes into the data folder');
const oneProcess = needless('there is one process, without master, servers and workers');
const noTls = needless(
  'there is nothing to keep secret within one process; for TLS before clients put a proxy in front',
);
const grafana = none(
  'no dashboard of its own: dashboards are Grafana’s, and so are their users (docs/operating.md)',
);
const models = needless(
  'models stand in `modelFolder`; those of Gorse cannot be read and are trained anew',
);
const plugin = none(
  'no large language model is called; write a plugin that does (docs/plugins.md)',
);
const epochs = needless('Gorse never reads it; passes are the option `epochs` of the model');
const exact = needless('neighbours are searched exactly, without an index');
const live = needless('answers are worked out when they are asked for');
const context = none(
  'each model has its own; item-knn looks at the whole history, embedding and tags have the option `recent`',
);

/** Keys that become nothing, with why. */
const answers: Readonly<Record<string, Answer>> = {
  'database.data_store': none(store),
  'database.cache_store': noCache,
  'database.vector_store': noVectors,
  'database.cache_client_name': noCache,
  'database.table_prefix': prefix,
  'database.cache_table_prefix': prefix,
  'database.data_table_prefix': prefix,
  'database.vector_table_prefix': prefix,
  'database.mysql.isolation_level': noPool,
  'database.mysql.max_open_conns': noPool,
  'database.mysql.max_idle_conns': noPool,
  'database.mysql.conn_max_lifetime': noPool,
  'database.postgres.max_open_conns': noPool,
  'database.postgres.max_idle_conns': noPool,
  'database.postgres.conn_max_lifetime': noPool,
  'database.redis.max_search_results': noCache,
  'database.vector.quantization_type': noVectors,
  'database.vector.quantization_bits': noVectors,
  'master.port': oneProcess,
  'master.host': oneProcess,
  'master.meta_timeout': oneProcess,
  'master.ssl_mode': noTls,
  'master.ssl_ca': noTls,
  'master.ssl_cert': noTls,
  'master.ssl_key': noTls,
  'master.http_cors_methods': same('origins that may call may use every method of the API'),
  'master.n_jobs': needless(
    'fits use all cores at low priority; `training.threads` says how many at most',
  ),
  'master.dashboard_user_name': grafana,
  'master.dashboard_password': grafana,
  'master.dashboard_auth_server': grafana,
  'master.dashboard_redacted': grafana,
  'oidc.enable': grafana,
  'oidc.issuer': grafana,
  'oidc.client_id': grafana,
  'oidc.client_secret': grafana,
  'oidc.redirect_url': grafana,
  'server.cache_expire': needless('Gorse never reads it'),
  'recommend.context_size': context,
  'recommend.active_user_ttl': live,
  'recommend.search.columns': needless(
    '`/api/items?q=` always searches ids, comments, labels and categories',
  ),
  'recommend.collaborative.fit_epoch': epochs,
  'recommend.collaborative.early_stopping.patience': needless(
    'iALS is done after a fixed number of passes, and a worse model does not serve',
  ),
  'recommend.collaborative.enable_model_size_search': none(
    '`sightline tune` searches the dimensions too',
  ),
  'recommend.collaborative.enable_index': exact,
  'recommend.collaborative.index_recall': exact,
  'recommend.collaborative.index_fit_epoch': exact,
  'recommend.user_neighbors.enable_index': exact,
  'recommend.user_neighbors.index_recall': exact,
  'recommend.user_neighbors.index_fit_epoch': exact,
  'recommend.item_neighbors.enable_index': exact,
  'recommend.item_neighbors.index_recall': exact,
  'recommend.item_neighbors.index_fit_epoch': exact,
  'recommend.ranker.cache_expire': live,
  'recommend.ranker.fit_epoch': epochs,
  'recommend.ranker.early_stopping.patience': same(
    'fits of `fm` end when the hold-out gets no better; its option `patience`',
  ),
  'recommend.ranker.query_template': plugin,
  'recommend.ranker.document_template': plugin,
  'recommend.ranker.reranker_api.url': plugin,
  'recommend.ranker.reranker_api.model': plugin,
  'recommend.ranker.reranker_api.auth_token': plugin,
  'recommend.offline.check_recommend_period': live,
  'recommend.offline.refresh_recommend_period': live,
  'recommend.online.num_feedback_fallback_item_based': context,
  'blob.s3.endpoint': models,
  'blob.s3.access_key_id': models,
  'blob.s3.secret_access_key': models,
  'blob.gcs.credentials_file': models,
  'blob.azure.endpoint': models,
  'blob.azure.account_name': models,
  'blob.azure.account_key': models,
  'blob.azure.connection_string': models,
  'blob.uri': models,
  'openai.base_url': plugin,
  'openai.auth_token': plugin,
  'openai.chat_completion_model': plugin,
  'openai.chat_completion_rpm': plugin,
  'openai.chat_completion_tpm': plugin,
  'openai.embedding_model': plugin,
  'openai.embedding_dimensions': plugin,
  'openai.embedding_rpm': plugin,
  'openai.embedding_tpm': plugin,
  'openai.log_file': plugin,
};

/** Tells of the keys that become nothing, each with why and what to do instead. */
export function answerPlainKeys(settings: Settings): void {
  for (const [key, [verdict, text]] of Object.entries(answers)) {
    if (settings.isOff(key)) settings.tell(key, 'same', 'is empty or off');
    else settings.tell(key, verdict, text);
  }
}
