import type { Feedback } from './domain/feedback.ts';
import type { Keeping } from './keeping.ts';
import type { Writing } from './writing.ts';

/** The same writing, which tells what lists are kept for of everything that a user did or that is known of one. */
export function noteWrites(writing: Writing, keeping: Keeping | undefined): Writing {
  if (keeping === undefined) return writing;
  return {
    ...writing,
    async putUsers(users) {
      await writing.putUsers(users);
      keeping.noteUsers(users.map(({ id }) => id));
    },
    async deleteUser(id) {
      const wasThere = await writing.deleteUser(id);
      keeping.noteUsers([id]);
      return wasThere;
    },
    async recordFeedback(batch, options) {
      const receipt = await writing.recordFeedback(batch, options);
      keeping.noteFeedback(batch);
      // Others are followed at once, though they may be of the next minutes.
      if (options?.anyTime !== true) keeping.noteUsers(usersOf(batch));
      return receipt;
    },
    async replaceFeedback(batch, options) {
      await writing.replaceFeedback(batch, options);
      keeping.noteFeedback(batch);
    },
    async deleteFeedback(which) {
      const deleted = await writing.deleteFeedback(which);
      keeping.noteDeleted(which);
      return deleted;
    },
    followDue() {
      const events = writing.followDue();
      if (events.length > 0) keeping.noteUsers(usersOf(events));
      return events;
    },
    async forgetUser(id) {
      const wasThere = await writing.forgetUser(id);
      keeping.noteUsers([id]);
      return wasThere;
    },
  };
}

const usersOf = (events: readonly Feedback[]) => events.flatMap(({ user }) => user ?? []);
