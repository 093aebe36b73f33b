import { lengthened } from '../gathering/lengthened.ts';
import { GapWindows, type GapWindowsOptions } from './gap-windows.ts';
import { SessionSlots } from './session-slots.ts';

/** Bounds of what is remembered of the sessions. */
export interface SlidingSessionsOptions extends GapWindowsOptions {
  readonly maxSessions: number;
}

/**
 * The recent sessions by slot: the window of each, and the group it belongs to, 0 until it is told. About 330 bytes a
 * session with 64 events. Throws as `GapWindows` does.
 *
 * @example
 * const sessions = new SlidingSessions({ windowMs: 300_000, maxEvents: 64, maxSessions: 1000 });
 * sessions.windows.add(sessions.slotOf(77), Date.now());
 */
export class SlidingSessions {
  readonly windows: GapWindows;
  /** Group of each slot. */
  groups = new Uint16Array(0);
  readonly #slots: SessionSlots;

  constructor({ maxSessions, ...window }: SlidingSessionsOptions) {
    this.#slots = new SessionSlots(maxSessions);
    this.windows = new GapWindows(window);
    this.#reserve();
  }

  /** Slots in use, 0 to count - 1. */
  get count(): number {
    return this.#slots.count;
  }

  /** The slot of a session, which is now the one used last; a new session may take that of the one used first. */
  slotOf(session: number): number {
    const known = this.#slots.use(session);
    if (known >= 0) return known;
    const slot = this.#slots.admit(session);
    if (slot >= this.groups.length) this.#reserve();
    this.windows.clear(slot);
    this.groups[slot] = 0;
    return slot;
  }

  #reserve(): void {
    const { capacity } = this.#slots;
    this.windows.reserve(capacity);
    this.groups = lengthened(this.groups, capacity);
  }
}
