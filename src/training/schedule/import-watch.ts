import type { Schedule } from '../../domain/schedule.ts';

/** How long no import may be under way before it counts as over, in milliseconds. */
const settleMs = 1000;

/** Knows when imports are over. */
export interface ImportWatch {
  /** Says that an import begins; the answer is called at its end with the rows that it brought. */
  begin(): (rows: number) => void;
  /** Whether an import is under way, or was a moment ago. */
  areOn(): boolean;
  /** Tells nothing from now on. */
  close(): void;
}

/** Makes a watch that calls `onOver` once a second has passed without an import since the last that brought rows. */
export function createImportWatch(schedule: Schedule, onOver: () => void): ImportWatch {
  let underWay = 0;
  let rows = 0;
  let isClosed = false;
  let disarm = () => {};
  const settle = () => {
    if (rows === 0 || isClosed) return;
    disarm = schedule(settleMs, () => {
      rows = 0;
      onOver();
    });
  };
  return {
    begin() {
      disarm();
      underWay += 1;
      let isOver = false;
      return (brought) => {
        if (isOver) return;
        isOver = true;
        underWay -= 1;
        rows += brought;
        if (underWay === 0) settle();
      };
    },
    areOn: () => underWay > 0 || rows > 0,
    close() {
      isClosed = true;
      disarm();
    },
  };
}
