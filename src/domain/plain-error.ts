/** The longest message of somebody else's that is told. */
const maxMessage = 1000;

/** What code of others threw as an `Error` that can be sent to any thread, with at most 1000 characters of its message. */
export function plainError(cause: unknown): Error {
  const text = typeof cause === 'string' ? cause : Object(cause).message;
  return new Error(
    typeof text === 'string' ? text.slice(0, maxMessage) : 'threw something without a message',
  );
}
