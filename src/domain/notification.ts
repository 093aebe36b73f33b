import type { Alert } from './alert.ts';

/** What one endpoint knows of one group of alerts, and what it is yet to be told. */
export interface Notification {
  /** The endpoint and the group as JSON text. */
  readonly id: string;
  /** Name of the endpoint in the configuration. */
  readonly endpoint: string;
  /** Key of the group, as in its messages. */
  readonly group: string;
  /** Alerts that last, and those that ended since the last message. */
  readonly alerts: readonly Alert[];
  /** Fingerprints of the alerts that the last message called firing. */
  readonly told: readonly string[];
  /** When the first alert came, epoch milliseconds. */
  readonly openedAtMs: number;
  /** When the last message was made, epoch milliseconds; undefined before the first. */
  readonly toldAtMs?: number | undefined;
}
