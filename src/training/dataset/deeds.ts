import type { Feedback } from '../../domain/feedback.ts';
import type { Ledger } from '../../models/ledger.ts';

/** Numbers for who did what. */
export interface Deeds {
  /** The number of a type of feedback of a user, or else of a session, given on first sight; undefined where it was nobody. */
  of(event: Pick<Feedback, 'type' | 'user' | 'session'>): number | undefined;
  /** Types and users by number; the users of sessions are empty. */
  names(): Pick<Ledger, 'types' | 'users'>;
  /** Forgets those that are not in use, and numbers the rest anew; answers the new number of each old one. */
  keep(isUsed: (deed: number) => boolean): Uint32Array;
}

interface Deed {
  readonly type: string;
  readonly isUser: boolean;
  readonly who: string;
}

type Numbers = Map<string, number>;

/** Makes a numbering without deeds. */
export function createDeeds(): Deeds {
  let deeds: Deed[] = [];
  /** Maps of maps: one text of type and user would have to be made for each event. */
  const byType = { users: new Map<string, Numbers>(), sessions: new Map<string, Numbers>() };
  const numberOf = (type: string, isUser: boolean, who: string): number => {
    const types = isUser ? byType.users : byType.sessions;
    const names = types.get(type) ?? new Map<string, number>();
    if (names.size === 0) types.set(type, names);
    const known = names.get(who);
    if (known !== undefined) return known;
    names.set(who, deeds.length);
    return deeds.push({ type, isUser, who }) - 1;
  };
  return {
    of({ type, user, session }) {
      const who = user ?? session;
      return who === undefined ? undefined : numberOf(type, user !== undefined, who);
    },
    names: () => ({
      types: deeds.map(({ type }) => type),
      users: deeds.map(({ isUser, who }) => (isUser ? who : '')),
    }),
    keep(isUsed) {
      const before = deeds;
      deeds = [];
      byType.users.clear();
      byType.sessions.clear();
      return Uint32Array.from(before, ({ type, isUser, who }, deed) =>
        isUsed(deed) ? numberOf(type, isUser, who) : 0,
      );
    },
  };
}
