import { convertAccess } from './access-section.ts';
import { buildLists } from './build-lists.ts';
import { addBlends } from './build-recommend.ts';
import { isLegacy, readLegacyRecommenders } from './legacy-recommenders.ts';
import { convertListener } from './listener-section.ts';
import { answerPlainKeys } from './plain-answers.ts';
import { readSettings } from './read-settings.ts';
import { readRecommenders } from './recommenders.ts';
import { renderConfiguration } from './render-configuration.ts';
import { type Draft, setAt } from './set-at.ts';
import { type Finding, forms, type Settings } from './settings.ts';
import { convertSingleKeys } from './single-keys.ts';
import { convertTracing } from './tracing-lines.ts';
import { convertTraining } from './training-section.ts';

/** What a configuration of Gorse becomes. */
export interface Converted {
  /** The configuration of ours, with comments. */
  readonly yaml: string;
  /** What became of each key, in their order. */
  readonly findings: readonly Finding[];
}

/**
 * Turns a configuration of Gorse, as bytes of TOML, into one of ours; variables of the environment that Gorse reads go
 * before it. Nothing is dropped untold, and no secret stands in what comes out. Throws `SL_CONFIG_INVALID` for what is not
 * TOML or too large.
 *
 * @example convertGorse(new TextEncoder().encode('[server]\ndefault_n = 20'), {}).findings[0].text // 'gorse.defaultCount: 20'
 */
export function convertGorse(
  bytes: Uint8Array,
  environment: Readonly<Record<string, string | undefined>>,
): Converted {
  const settings = readSettings(bytes, environment);
  const draft: Draft = {
    ...{
      http: {},
      store: { kind: 'sqlite', folder: 'var/gorse/data' },
      modelFolder: 'var/gorse/models',
    },
    ...{ training: {}, models: {}, works: {}, gorse: {} },
  };
  convertListener(settings, draft);
  convertTraining(settings, draft);
  convertRecommenders(settings, draft);
  convertSingleKeys(settings, draft);
  answerPlainKeys(settings);
  const access = convertAccess(settings);
  if (Object.hasOwn((access?.keys ?? {}) as object, 'admin')) setAt(draft, 'gorse.admin', true);
  const environmentLines = convertTracing(settings);
  return {
    yaml: renderConfiguration(draft, { access, environmentLines }),
    findings: settings.account(),
  };
}

function convertRecommenders(settings: Settings, draft: Draft): void {
  const modern = readRecommenders(settings);
  const recommenders = isLegacy(settings) ? readLegacyRecommenders(settings, modern) : modern;
  tellCollaborative(settings, recommenders.collaborative);
  const size = settings.read('recommend.cache_size', forms.number) ?? 0;
  const limit = Math.min(2000, Math.max(100, Math.floor(size)));
  const lists = buildLists(recommenders, settings, limit);
  addBlends(recommenders, lists, { settings, limit });
  const { models, works, nonPersonalized, itemToItem, userToUser } = lists;
  Object.assign(draft, { models, works });
  draft.gorse = {
    recommend: 'recommend',
    ...(recommenders.collaborative && { collaborative: 'collaborative' }),
    ...('session' in works && { session: 'session' }),
    latest: 'latest',
    ...{ nonPersonalized, itemToItem, userToUser },
  };
}

function tellCollaborative(settings: Settings, isOn: boolean): void {
  const text = isOn
    ? 'models.collaborative, of kind ials, and gorse.collaborative'
    : 'no collaborative filtering, as in Gorse';
  settings.tell('recommend.collaborative.type', isOn ? 'became' : 'same', text);
}
