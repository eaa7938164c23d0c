// The transaction is aborted: thrown where an answer was wanted and there can be none any more.

import type { Reason, TransactionId } from '../protocol/index.ts'

/**
 * Thrown by {@link Transaction.call} when its branch said no, or when the transaction was aborted for another reason.
 * It is an answer and no failure of the machinery: nothing has happened at any participant, or a saga makes up for it.
 *
 * ```ts
 * try {
 *   await transaction.call(payments.authorize, { cents: 4_200 })
 * } catch (error) {
 *   if (error instanceof Aborted && error.reason.refused) console.log(`declined: ${error.reason.message}`)
 *   throw error
 * }
 * ```
 */
export class Aborted extends Error {
  override readonly name = 'Aborted'
  readonly reason: Reason
  readonly transactionId: TransactionId

  constructor(transactionId: TransactionId, reason: Reason) {
    super(`${reason.code}: ${reason.message}`)
    this.transactionId = transactionId
    this.reason = reason
  }

  /** The reason's code: `LOCK_CONFLICT`, or the business's own. */
  get code(): string {
    return this.reason.code
  }
}
