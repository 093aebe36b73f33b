import { type Draft, setAt } from './set-at.ts';
import { type Form, forms, type Settings } from './settings.ts';

/** A key of Gorse that is one of ours, with other bounds perhaps. */
interface SingleKey {
  readonly ours: string;
  readonly form: Form<number> | Form<boolean>;
  /** Bounds of ours, both allowed. */
  readonly least?: number;
  readonly most?: number;
  /** What ours is unless told otherwise. */
  readonly byDefault?: number | boolean;
  /** 0 means that there is no limit; ours says so by leaving the key out. */
  readonly zeroIsNone?: boolean;
  readonly remark?: string;
}

const { number, flag, seconds } = forms;
const whole: Form<number> = {
  name: 'a whole number',
  read: (raw) => {
    const value = number.read(raw);
    return Number.isSafeInteger(value) ? value : undefined;
  },
};
const limit = { form: whole, least: 0, most: 1_000_000_000, byDefault: 0 } as const;
const days = { form: whole, least: 0, most: 1_000_000, zeroIsNone: true } as const;

const singleKeys: Readonly<Record<string, SingleKey>> = {
  'server.default_n': {
    ours: 'gorse.defaultCount',
    ...{ form: whole, least: 1, most: 100, byDefault: 10 },
  },
  'server.clock_error': {
    ours: 'gorse.clockErrorSeconds',
    ...{ form: seconds, least: 0, most: 86_400, byDefault: 5 },
  },
  'server.auto_insert_user': { ours: 'gorse.autoInsertUsers', form: flag, byDefault: true },
  'server.auto_insert_item': { ours: 'gorse.autoInsertItems', form: flag, byDefault: true },
  'recommend.cache_size': {
    ours: 'gorse.cache.items',
    ...{ form: whole, least: 1, most: 100, byDefault: 100 },
    remark: 'retrievers bring as many candidates as it says, 100 at least',
  },
  'recommend.cache_expire': {
    ours: 'gorse.cache.seconds',
    ...{ form: seconds, least: 0, most: 31_536_000, byDefault: 3600 },
    remark: 'new feedback and new models end a kept list at once',
  },
  'quota.max_users_count': { ours: 'gorse.quota.users', ...limit },
  'quota.max_items_count': { ours: 'gorse.quota.items', ...limit },
  'quota.max_labels_size': { ours: 'gorse.quota.labelsBytes', ...limit },
  'quota.max_comment_size': { ours: 'gorse.quota.commentBytes', ...limit },
  'quota.max_categories_count': { ours: 'gorse.quota.categories', ...limit },
  'quota.max_categories_size': { ours: 'gorse.quota.categoriesBytes', ...limit },
  'recommend.data_source.positive_feedback_ttl': { ours: 'training.data.feedbackDays', ...days },
  'recommend.data_source.item_ttl': {
    ours: 'training.data.itemDays',
    ...days,
    remark: 'older items are not learnt but may be served; give items that must go an `expires_at`',
  },
};

/** Sets what single keys of Gorse become; what is ours by default already is not written. */
export function convertSingleKeys(settings: Settings, draft: Draft): void {
  for (const [key, single] of Object.entries(singleKeys)) {
    const value = settings.read<number | boolean>(key, single.form as Form<number | boolean>);
    if (value === undefined) continue;
    const ours = bounded(value, single);
    const isSame = single.zeroIsNone === true ? ours === 0 : ours === single.byDefault;
    if (!isSame) setAt(draft, single.ours, ours);
    const reached = ours === value ? '' : `, as ours goes from ${single.least} to ${single.most}`;
    const remark = single.remark === undefined || isSame ? '' : `; ${single.remark}`;
    const kept = single.zeroIsNone === true && isSame ? 'left out, no limit' : String(ours);
    settings.tell(
      key,
      isSame && reached === '' ? 'same' : 'became',
      `${single.ours}: ${kept}${reached}${remark}`,
    );
  }
}

function bounded(value: number | boolean, { least, most }: SingleKey): number | boolean {
  if (typeof value === 'boolean') return value;
  return Math.min(most ?? value, Math.max(least ?? value, value));
}
