/** The form of the value of a key. */
export type KeyForm = 'text' | 'whole' | 'number' | 'flag' | 'duration' | 'texts';

const texts = (section: string, names: string) => keys('text', section, names);

function keys(form: KeyForm, section: string, names: string): [string, KeyForm][] {
  return names.split(' ').map((name) => [`${section}.${name}`, form]);
}

/** Every key that Gorse 0.5 reads, beside its arrays of tables, with the form of its value. */
export const modernKeys: ReadonlyMap<string, KeyForm> = new Map([
  ...texts(
    'database',
    'data_store cache_store vector_store table_prefix data_table_prefix cache_table_prefix cache_client_name vector_table_prefix',
  ),
  ...texts('database.mysql', 'isolation_level'),
  ...keys('whole', 'database.mysql', 'max_open_conns max_idle_conns'),
  ...keys('duration', 'database.mysql', 'conn_max_lifetime'),
  ...keys('whole', 'database.postgres', 'max_open_conns max_idle_conns'),
  ...keys('duration', 'database.postgres', 'conn_max_lifetime'),
  ...keys('whole', 'database.redis', 'max_search_results'),
  ...texts('database.vector', 'quantization_type'),
  ...keys('whole', 'database.vector', 'quantization_bits'),
  ...keys('whole', 'master', 'port http_port n_jobs'),
  ...texts('master', 'host http_host ssl_ca ssl_cert ssl_key'),
  ...texts('master', 'dashboard_user_name dashboard_password admin_api_key'),
  ...keys('flag', 'master', 'ssl_mode dashboard_redacted'),
  ...keys('texts', 'master', 'http_cors_domains http_cors_methods'),
  ...keys('duration', 'master', 'meta_timeout'),
  ...texts('server', 'api_key'),
  ...keys('whole', 'server', 'default_n'),
  ...keys('duration', 'server', 'clock_error cache_expire'),
  ...keys('flag', 'server', 'auto_insert_user auto_insert_item'),
  ...keys('whole', 'recommend', 'cache_size context_size active_user_ttl'),
  ...keys('duration', 'recommend', 'cache_expire'),
  ...keys('texts', 'recommend.search', 'columns'),
  ...keys(
    'texts',
    'recommend.data_source',
    'positive_feedback_types negative_feedback_types read_feedback_types',
  ),
  ...keys('whole', 'recommend.data_source', 'positive_feedback_ttl item_ttl'),
  ...texts('recommend.collaborative', 'type'),
  ...keys('duration', 'recommend.collaborative', 'fit_period optimize_period'),
  ...keys('whole', 'recommend.collaborative', 'fit_epoch optimize_trials early_stopping.patience'),
  ...keys('flag', 'recommend.replacement', 'enable_replacement'),
  ...keys('number', 'recommend.replacement', 'positive_replacement_decay read_replacement_decay'),
  ...texts('recommend.ranker', 'type query_template document_template'),
  ...texts('recommend.ranker.reranker_api', 'auth_token model url'),
  ...keys('texts', 'recommend.ranker', 'recommenders'),
  ...keys('duration', 'recommend.ranker', 'cache_expire fit_period optimize_period'),
  ...keys('whole', 'recommend.ranker', 'fit_epoch optimize_trials early_stopping.patience'),
  ...keys('texts', 'recommend.fallback', 'recommenders'),
  ...keys('flag', 'tracing', 'enable_tracing'),
  ...texts('tracing', 'exporter collector_endpoint sampler'),
  ...keys('number', 'tracing', 'ratio'),
  ...keys('flag', 'oidc', 'enable'),
  ...texts('oidc', 'issuer client_id client_secret redirect_url'),
  ...texts('blob', 'uri s3.endpoint s3.access_key_id s3.secret_access_key gcs.credentials_file'),
  ...texts('blob.azure', 'endpoint account_name account_key connection_string'),
  ...texts('openai', 'base_url auth_token chat_completion_model embedding_model log_file'),
  ...keys('whole', 'openai', 'chat_completion_rpm chat_completion_tpm embedding_dimensions'),
  ...keys('whole', 'openai', 'embedding_rpm embedding_tpm'),
  ...keys('whole', 'quota', 'max_users_count max_items_count max_labels_size max_comment_size'),
  ...keys('whole', 'quota', 'max_categories_count max_categories_size'),
]);

const neighbours = ['recommend.user_neighbors', 'recommend.item_neighbors'];

/** The keys that only Gorse 0.4 reads. */
export const legacyKeys: ReadonlyMap<string, KeyForm> = new Map([
  ...texts('master', 'dashboard_auth_server'),
  ...keys('duration', 'recommend.popular', 'popular_window'),
  ...neighbours.flatMap((section) => [
    ...texts(section, 'neighbor_type'),
    ...keys('flag', section, 'enable_index'),
    ...keys('number', section, 'index_recall'),
    ...keys('whole', section, 'index_fit_epoch'),
  ]),
  ...keys('duration', 'recommend.collaborative', 'model_fit_period model_search_period'),
  ...keys('whole', 'recommend.collaborative', 'model_search_epoch model_search_trials'),
  ...keys('flag', 'recommend.collaborative', 'enable_model_size_search enable_index'),
  ...keys('number', 'recommend.collaborative', 'index_recall'),
  ...keys('whole', 'recommend.collaborative', 'index_fit_epoch'),
  ...keys('duration', 'recommend.offline', 'check_recommend_period refresh_recommend_period'),
  ...keys('number', 'recommend.offline.explore_recommend', 'popular latest'),
  ...keys('flag', 'recommend.offline', 'enable_latest_recommend enable_popular_recommend'),
  ...keys('flag', 'recommend.offline', 'enable_user_based_recommend enable_item_based_recommend'),
  ...keys('flag', 'recommend.offline', 'enable_collaborative_recommend'),
  ...keys('flag', 'recommend.offline', 'enable_click_through_prediction'),
  ...keys('texts', 'recommend.online', 'fallback_recommend'),
  ...keys('whole', 'recommend.online', 'num_feedback_fallback_item_based'),
]);
