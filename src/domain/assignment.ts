/**
 * Why a request got its variant. The first seven are those of OpenFeature, in lower case: `split` by the hash of the
 * key, `targeting_match` by a rule or an allow list, `default` and `static` as nothing else applied, `cached` and
 * `stale` by what was known before, `unknown` any other word of a provider. Behind them everybody is control, but for
 * `forced`: somebody with the control token asked for the variant.
 */
export const assignmentReasons = [
  'split',
  'targeting_match',
  'default',
  'static',
  'cached',
  'stale',
  'unknown',
  'disabled',
  'killed',
  'no_key',
  'forced',
  'unknown_variant',
  'not_ready',
  'late',
  'error',
] as const;

/** A reason of the closed list. */
export type AssignmentReason = (typeof assignmentReasons)[number];

/** Which variant of its experiment a request gets. Made once for all requests that get it. */
export interface Assignment {
  readonly experiment: string;
  readonly variant: string;
  /** `experiment/variant`. */
  readonly name: string;
  /** The work that serves it. */
  readonly work: string;
  readonly reason: AssignmentReason;
  /** What chooses the variant: the user or else the session, or the hash of the subgraph. */
  readonly by: 'user' | 'subgraph';
  /** Who decided. */
  readonly provider: string;
  /** Whether chance chose the arm, so that the request counts for the experiment. */
  readonly isCounted: boolean;
}
