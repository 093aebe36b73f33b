import type { FaultScript } from './fault-script.ts';
import type { PlayerFaults } from './player-faults.ts';
import type { RecommendAnswer } from './target.ts';
import type { Click } from './timeline.ts';

/** What the people of a replay do with recorded clicks. */
export interface Conduct {
  /** The work that is asked before a click. */
  work(click: Click): string;
  /** The user that it is asked for. */
  user(click: Click): string | undefined;
  /** Whether a click happens, asked when its turn comes. */
  isPlayed(click: Click): boolean;
  /** Whether a click names the answer that stood on its page. */
  isOnAnswer(click: Click, answer: RecommendAnswer): boolean;
}

/** Everybody does what they did, and each session asks one of the works, in turn. */
export function createConduct(works: readonly string[]): Conduct {
  const sessions = new Map<string, string>();
  return {
    work({ session }) {
      const work = sessions.get(session) ?? works[sessions.size % works.length];
      if (works.length > 1) sessions.set(session, work);
      return work;
    },
    user: () => undefined,
    isPlayed: () => true,
    isOnAnswer: () => true,
  };
}

/** The same with what the faults of a script make people leave out. */
export function createFaultyConduct(
  conduct: Conduct,
  { clicks, faults }: { clicks: FaultScript['clicks']; faults: PlayerFaults },
): Conduct {
  return {
    ...conduct,
    isPlayed(click) {
      const { session, segment, catalog } = click;
      return faults.isPlayed(session, { work: conduct.work(click), segment, catalog });
    },
    isOnAnswer(click, { items, strategy }) {
      if (clicks === 'shown' && !items.includes(click.item)) return false;
      const { segment, catalog } = click;
      return faults.isOnAnswer({ work: conduct.work(click), strategy, segment, catalog });
    },
  };
}
