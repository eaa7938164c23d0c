// The transaction, coordinator and participants that all tests of the protocol speak of.

import {
  Boot,
  BranchNumber,
  type coordinatorSide,
  Epoch,
  type Identity,
  Instant,
  LogId,
  ParticipantName,
  type participantSide,
  StorageId,
  type TransactionFacts,
  TransactionId,
} from '../../protocol/index.ts'

export const startedAt = Instant(1_000_000)
export const voteTimeoutMs = 5_000
export const timeoutMs = 60_000

export const facts: TransactionFacts = {
  transactionId: TransactionId('018f0000-0000-7000-8000-000000000001'),
  sequence: { epoch: Epoch(1), number: 7 },
  protocol: 'two-phase',
  startedAt,
  timeoutAt: Instant(startedAt + timeoutMs),
  digest: 'digest',
  traceParent: '',
}

export const logId = LogId('00000000-0000-4000-8000-0000000000c0')

export const coordinatorPolicy: coordinatorSide.Policy = {
  voteTimeoutMs,
  appliedWaitMs: 1_000,
  resend: { firstMs: 50, maxMs: 10_000 },
  onePhase: true,
  logId,
  roundTimeoutMs: 1_000,
  sagaRetry: { tries: 3, firstMs: 100, maxMs: 10_000 },
}

export const participantPolicy: participantSide.Policy = {
  inquiryDelayMs: 2_000,
  inquiryBackoff: { firstMs: 500, maxMs: 10_000 },
  retry: { firstMs: 50, maxMs: 10_000 },
  lockWaitMs: 3_000,
  roundTimeoutMs: 1_000,
}

const names = ['orders', 'inventory', 'payments', 'shipments']

export const participantName = (number: number): ParticipantName => ParticipantName(names[number - 1] ?? `p${number}`)
export const numberOf = (name: ParticipantName): number => names.indexOf(name) + 1

/** Participant `number`, in its first boot unless said otherwise; with another storage after a lost disk. */
export const identityOf = (number: number, boot = 1, storage = 0): Identity => ({
  storageId: StorageId(`00000000-0000-4000-8000-0000000000${storage}${number}`),
  boot: Boot(boot),
})

/** Branch `number` at participant `number`. */
export function enlisted(number: number): coordinatorSide.EnlistedBranch {
  const participant = participantName(number)
  return {
    branch: BranchNumber(number),
    participant,
    operation: 'reserve',
    input: '{}',
    address: `${participant}:7411`,
    identity: identityOf(number),
  }
}
