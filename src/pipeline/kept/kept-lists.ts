import { DueUsers } from './due-users.ts';

/** What a list is asked for with. */
export interface ListQuestion {
  readonly user: string;
  /** The work that answers, once the experiment is settled. */
  readonly work: string;
  /** What else the answer depends on, as one text: catalogue and categories. */
  readonly scope: string;
}

/** A part of a list as it was read and written once, for as long as it would be read so again. */
export interface KeptPage {
  readonly offset: number;
  readonly n: number;
  /** Of the item table. */
  readonly revision: number;
  /** Epoch milliseconds at which the first of its items expires. */
  readonly untilMs: number;
  /** How it is written. */
  readonly form: string;
  /** Flat: one that is still in pieces is put together at each use. */
  readonly text: string;
}

/** One answer that is kept: columns in one array, and what its record says. */
export interface KeptList extends ListQuestion {
  readonly count: number;
  /** `count` dense item indices, then the bits of as many scores, then those of as many predicted clicks. */
  readonly columns: Int32Array;
  readonly strategy: string;
  readonly generation: string;
  /** The state of the catalogue that it was made of. */
  readonly catalogueEpoch: number;
  readonly segment: string;
  readonly catalog: string;
  readonly door: string;
  readonly sessionLength: number;
  /** Epoch milliseconds from which it no longer holds. */
  readonly untilMs: number;
  /** The page that was written last. */
  page?: KeptPage | undefined;
}

/** Bounds of what is kept. */
export interface KeptListsOptions {
  readonly maxBytes: number;
  /** Lists of one user; the oldest makes room. */
  readonly perUser?: number;
  /** Feedback of the future that is remembered until it is due. */
  readonly maxDue?: number;
}

interface Entry {
  readonly list: KeptList;
  bytes: number;
  /** The next list of the same user. */
  sibling: Entry | undefined;
  /** Neighbours in the order of use. */
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** What a list takes beside its columns and texts: objects, the headers of the array, its place in the map. */
const entryBytes = 500;
/** Places in which changes of users are counted; two users in one place cost a list that is not kept. */
const revisionPlaces = 4096;

/**
 * Lists that were answered before, by user, bounded by bytes: the one that was idle longest leaves first. A list goes as
 * soon as its user did something, or something of the future that its user did is due. O(1) a look-up.
 *
 * @example
 * const lists = new KeptLists({ maxBytes: 1e6 });
 * const revision = lists.revision('u');
 * lists.keep(list, revision);
 * lists.find({ user: 'u', work: 'home', scope: '' }, nowMs); // list
 * lists.forget('u');
 */
export class KeptLists {
  readonly maxBytes: number;
  readonly perUser: number;
  readonly maxDue: number;
  /** Lists that are kept, and the bytes they take, about. */
  size = 0;
  bytes = 0;
  readonly #byUser = new Map<string, Entry>();
  readonly #revisions = new Uint32Array(revisionPlaces);
  readonly #due = new DueUsers();
  /** While more is due than is remembered, nothing is kept. */
  #offUntilMs = Number.NEGATIVE_INFINITY;
  #oldest: Entry | undefined;
  #newest: Entry | undefined;

  constructor({ maxBytes, perUser = 8, maxDue = 100_000 }: KeptListsOptions) {
    this.maxBytes = maxBytes;
    this.perUser = perUser;
    this.maxDue = maxDue;
  }

  /** A number that differs once the user did something; asked for before a list is made, see `keep`. */
  revision(user: string): number {
    return this.#revisions[placeOf(user)];
  }

  /** The list that answers a question and still holds; it counts as used. */
  find(question: ListQuestion, nowMs: number): KeptList | undefined {
    this.#takeDue(nowMs);
    const entry = this.#entryOf(question);
    if (entry === undefined) return undefined;
    if (entry.list.untilMs <= nowMs) {
      this.#drop(entry);
      return undefined;
    }
    if (entry !== this.#newest) {
      this.#unlink(entry);
      this.#linkNewest(entry);
    }
    return entry.list;
  }

  /** Keeps a list in the place of the one before, unless its user did something since `revision` was asked for. */
  keep(list: KeptList, revision: number, nowMs = Number.NEGATIVE_INFINITY): void {
    this.#takeDue(nowMs);
    const { user, scope, columns } = list;
    const bytes = entryBytes + columns.byteLength + 2 * (user.length + scope.length);
    const known = this.#entryOf(list);
    if (known !== undefined) this.#drop(known);
    const isLate = this.revision(user) !== revision || nowMs < this.#offUntilMs;
    if (isLate || bytes > this.maxBytes) return;
    this.#makeRoom(user, bytes);
    const sibling = this.#byUser.get(user);
    const entry: Entry = { list, bytes, sibling, older: undefined, newer: undefined };
    this.#byUser.set(user, entry);
    this.#linkNewest(entry);
    this.size += 1;
    this.bytes += bytes;
  }

  /** Keeps a page with its list, in the place of the one before; nothing where the list left. */
  keepPage(list: KeptList, page: KeptPage): void {
    const entry = this.#entryOf(list);
    if (entry?.list !== list) return;
    const more = bytesOf(page) - bytesOf(list.page);
    if (entry.bytes + more > this.maxBytes) return;
    list.page = page;
    entry.bytes += more;
    this.bytes += more;
    while (this.bytes > this.maxBytes) this.#drop(this.#oldest!);
  }

  /** Drops the lists of a user, who did something. */
  forget(user: string): void {
    this.#revisions[placeOf(user)] += 1;
    for (let entry = this.#byUser.get(user); entry !== undefined; entry = entry.sibling)
      this.#release(entry);
    this.#byUser.delete(user);
  }

  /** Drops the lists of a user at a time, epoch milliseconds: what the user does then is known already. */
  forgetAt(user: string, atMs: number): void {
    if (this.#due.size < this.maxDue) {
      this.#due.add(user, atMs);
      return;
    }
    this.#offUntilMs = Math.max(this.#offUntilMs, atMs);
    this.clear();
  }

  /** Drops all lists, also those that are being made. */
  clear(): void {
    for (let place = 0; place < revisionPlaces; place++) this.#revisions[place] += 1;
    this.#byUser.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.size = 0;
    this.bytes = 0;
  }

  #takeDue(nowMs: number): void {
    for (let user = this.#due.take(nowMs); user !== undefined; user = this.#due.take(nowMs))
      this.forget(user);
  }

  #entryOf({ user, work, scope }: ListQuestion): Entry | undefined {
    let entry = this.#byUser.get(user);
    while (entry !== undefined && (entry.list.work !== work || entry.list.scope !== scope))
      entry = entry.sibling;
    return entry;
  }

  #makeRoom(user: string, bytes: number): void {
    while (this.bytes + bytes > this.maxBytes) this.#drop(this.#oldest!);
    let count = 0;
    for (let entry = this.#byUser.get(user); entry !== undefined; entry = entry.sibling) {
      count += 1;
      // The chain begins with the newest.
      if (count >= this.perUser) this.#drop(entry);
    }
  }

  #drop(entry: Entry): void {
    const { user } = entry.list;
    const first = this.#byUser.get(user);
    if (first !== entry) {
      let before = first!;
      while (before.sibling !== entry) before = before.sibling!;
      before.sibling = entry.sibling;
    } else if (entry.sibling === undefined) this.#byUser.delete(user);
    else this.#byUser.set(user, entry.sibling);
    this.#release(entry);
  }

  #release(entry: Entry): void {
    this.#unlink(entry);
    this.size -= 1;
    this.bytes -= entry.bytes;
  }

  #unlink(entry: Entry): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }

  #linkNewest(entry: Entry): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }
}

const pageBytes = 100;

function bytesOf(page: KeptPage | undefined): number {
  return page === undefined ? 0 : pageBytes + 2 * page.text.length;
}

/** FNV-1a of the UTF-16 units. */
function placeOf(user: string): number {
  let hash = 0x811c9dc5;
  const { length } = user;
  for (let at = 0; at < length; at++) hash = Math.imul(hash ^ user.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % revisionPlaces;
}
