import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * Gives this thread, and those that it starts from now on, a low priority: on Linux each thread has its own, and a tenth
 * of the weight. What serves then takes a processor from it at once. Not the lowest one: on a machine that is full of other
 * work such a thread hardly runs, also while it holds what others wait for. Answers whether that was possible.
 */
export function lowerPriority(): boolean {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    return true;
  } catch {
    return false;
  }
}
