// What this participant says of itself in every header, and to whoever asks what it offers.

import type { LogId, ParticipantName } from '../protocol/index.ts'
import type { Description, ParticipantHeader } from '../wire/index.ts'
import type { Environment } from './environment.ts'
import type { Participant } from './participant.ts'
import type { Store } from './store.ts'

export interface Facts {
  readonly name: ParticipantName
  readonly operations: readonly string[]
  /** The header as of now, for the coordinator of this log; its part of it is 0 as long as the log is unknown. */
  header(logId: LogId | undefined): ParticipantHeader
  description(logId: LogId | undefined): Description
}

export function factsOf(
  name: ParticipantName,
  operations: readonly string[],
  store: Store,
  driver: Participant,
  environment: Environment,
): Facts {
  const { storageId, boot } = store.identity
  const header = (logId: LogId | undefined): ParticipantHeader => ({
    storageId,
    boot,
    // Only what is durable: a power cut must not make this file look older than it was said to be.
    recordSequence: store.forcedRecordSequence,
    seenRecordSequence: logId === undefined ? 0 : driver.coordinators.seenRecordSequence(logId),
    forcedTurn: store.forcedTurn,
    participant: name,
    sentAt: environment.now(),
  })
  const description = (logId: LogId | undefined): Description => ({
    header: header(logId),
    operations,
    protocols: ['two-phase', 'three-phase', 'saga'],
  })
  return { name, operations, header, description }
}
