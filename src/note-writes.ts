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
    async forgetUser(id) {
      const wasThere = await writing.forgetUser(id);
      keeping.noteUsers([id]);
      return wasThere;
    },
  };
}
