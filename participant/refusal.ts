// Why a coordinator, or anybody, gets no answers from this participant.

import type { CoordinatorHeader, ErrorCode } from '../wire/index.ts'

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly epoch?: number
  /** It is the coordinator that must stop: a header of this participant says so. */
  readonly mustAnswer?: true
}

/** This database is older than the coordinator has seen it (design rule 6). */
export const olderHere = ({ seenRecordSequence }: CoordinatorHeader, recordSequence: number): Refusal => ({
  code: 'RESTORED_BACKUP',
  message:
    `this database has ${recordSequence} records, and the coordinator has seen ${seenRecordSequence}: ` +
    'it was restored from an older backup',
})

/** The coordinator's log is older than it was seen here. */
export const olderThere = ({ logId, epoch, recordSequence }: CoordinatorHeader): Refusal => ({
  code: 'RESTORED_BACKUP',
  message:
    `the coordinator of log ${logId} began epoch ${epoch} with fewer records than were seen of it here (it has ` +
    `${recordSequence} now): its log was restored from an older backup`,
  mustAnswer: true,
})
