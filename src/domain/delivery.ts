/** A message that must reach an endpoint, kept until it has. */
export interface Delivery {
  /** Time-ordered and unique; the same over all attempts. */
  readonly id: string;
  /** Name of the endpoint in the configuration. */
  readonly endpoint: string;
  /** The group of alerts that it tells of; messages of one group arrive in order. */
  readonly group: string;
  /** `resolved` where no alert in it lasts. */
  readonly status: 'firing' | 'resolved';
  /** The JSON text to send. */
  readonly body: string;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Not to be tried before this time, epoch milliseconds. */
  readonly dueAtMs: number;
}
