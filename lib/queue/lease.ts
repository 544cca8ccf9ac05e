/** A message that this worker holds. */
export interface Lease {
  readonly body: string;
  readonly receiptHandle: string;
  /** Milliseconds since the epoch: SQS ends every lease 12 hours after it. */
  readonly receivedAt: number;
  /** Milliseconds since the epoch; a redriven message keeps its age. */
  readonly sentAt: number;
  /** How often SQS has handed this message out, this time included. */
  readonly receiveCount: number;
}
