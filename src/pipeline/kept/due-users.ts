/**
 * Users whose feedback is of the future, in the order in which it is due. O(1) where each is due later than the ones
 * before, else O(n) with a small factor.
 *
 * @example
 * const due = new DueUsers();
 * due.add('u', 2000);
 * due.take(1999); // undefined
 * due.take(2000); // 'u'
 */
export class DueUsers {
  /** Ascending in time from `#head` on. */
  #users: { readonly user: string; readonly atMs: number }[] = [];
  #head = 0;

  get size(): number {
    return this.#users.length - this.#head;
  }

  /** Notes that something of a user is due at a time, epoch milliseconds. */
  add(user: string, atMs: number): void {
    const users = this.#users;
    const last = users.at(-1);
    if (this.size > 0 && last?.user === user && last.atMs === atMs) return;
    let place = users.length;
    while (place > this.#head && users[place - 1].atMs > atMs) place -= 1;
    users.splice(place, 0, { user, atMs });
  }

  /** The next user who is due, taken out; undefined where nobody is. */
  take(nowMs: number): string | undefined {
    const next = this.#users[this.#head];
    if (next === undefined || next.atMs > nowMs) return undefined;
    this.#head += 1;
    if (this.#head * 2 > this.#users.length) {
      this.#users = this.#users.slice(this.#head);
      this.#head = 0;
    }
    return next.user;
  }
}
