import type { Click, Clicks } from './timeline.ts';

/** Seconds between two clicks of one session. */
const gapSeconds = 5;

/**
 * A steady load made of recorded clicks: one click each 1 / `rate` seconds, `length` in all. Sessions begin in their
 * order and go on side by side, so many that each clicks every five seconds; those that stand first begin in their
 * middle, as if they had gone on for a while. After the last session the first comes again under a new id. Clicks are
 * made as they are asked for; O(1) each.
 *
 * @example steadyClicks(clicks, { rate: 50, length: 50 * 60 }) // a minute of 50 clicks a second
 */
export function steadyClicks(
  clicks: Iterable<Click>,
  { rate, length }: { rate: number; length: number },
): Clicks {
  const sessions = [...Map.groupBy(clicks, ({ session }) => session).values()];
  const width = Math.max(1, Math.min(Math.round(rate * gapSeconds), sessions.length));
  return {
    length,
    *[Symbol.iterator]() {
      const begin = createVisits(sessions);
      const open = Array.from({ length: width }, (_, place) => begin(place));
      for (let c = 0; c < length; c++) {
        const place = c % width;
        if (open[place].next === open[place].clicks.length) open[place] = begin(0);
        const visit = open[place];
        const click = visit.clicks[visit.next++];
        yield { ...click, session: `${click.session}${visit.round}`, atMs: (c * 1000) / rate };
      }
    },
  };
}

/** Answers one session after the other, again and again, from their click `from` on. */
function createVisits(sessions: readonly (readonly Click[])[]) {
  let begun = 0;
  return (from: number) => {
    const round = Math.floor(begun / sessions.length);
    const clicks = sessions[begun++ % sessions.length];
    return { clicks, next: from % clicks.length, round: round === 0 ? '' : `~${round}` };
  };
}
