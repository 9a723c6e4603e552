import type { FailureReason } from '../audit/failure-reasons.js';
import { DrawbridgeError } from '../kernel/errors.js';

/** A request body that is not read any further. `reason` chooses what people see. */
export class FormRefused extends DrawbridgeError {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, status: 400 | 403 | 413 | 415, message: string) {
    super(reason, message, { status });
    this.reason = reason;
  }
}
