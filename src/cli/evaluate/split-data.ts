import { SightlineError } from '../../domain/errors.ts';
import type { Interactions } from '../../models/model.ts';
import { type Split, splitLast } from '../../training/dataset/dataset.ts';
import {
  instantOfShare,
  splitAt,
  splitLeaveOneOut,
  splitRatio,
} from '../../training/dataset/split.ts';
import type { EvaluateSettings } from './settings.ts';

/** Splits as was asked. Throws `SL_DATA_INVALID` where one of the parts would be empty. */
export function splitData(
  interactions: Interactions,
  { split, share, seed }: Pick<EvaluateSettings, 'split' | 'share' | 'seed'>,
): Split {
  const needsUsers = split === 'leave-one-out' || split === 'ratio';
  if (needsUsers && interactions.users === undefined)
    throw new SightlineError(
      'SL_DATA_INVALID',
      `split ${split} holds out items of users and the feedback names no user, expected --split temporal or last`,
    );
  const parts = {
    temporal: () => splitAt(interactions, instantOfShare(interactions, share)),
    last: () => splitLast(interactions, share),
    'leave-one-out': () => splitLeaveOneOut(interactions, { seed }),
    ratio: () => splitRatio(interactions, share, { seed }),
  }[split]();
  const [before, after] = [parts.before.codes.length, parts.after.codes.length];
  if (before > 0 && after > 0) return parts;
  throw new SightlineError(
    'SL_DATA_INVALID',
    `split ${split} leaves ${before} events to learn from and ${after} to judge by, expected some of both: choose another --share or --split`,
  );
}
