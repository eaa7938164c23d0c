// The saga, its coordinator and its participants, as all tests of sagas speak of them: branch n is at participant n.

import {
  Boot,
  BranchNumber,
  type coordinatorSide,
  Epoch,
  type Identity,
  Instant,
  LogId,
  ParticipantName,
  StorageId,
  type TransactionFacts,
  TransactionId,
} from '../../../protocol/index.ts'

export const at = (ms: number): Instant => Instant(1_000_000 + ms)

export const policy: coordinatorSide.Policy = {
  voteTimeoutMs: 5_000,
  appliedWaitMs: 1_000,
  resend: { firstMs: 100, maxMs: 10_000 },
  onePhase: true,
  logId: LogId('00000000-0000-4000-9000-000000000001'),
  roundTimeoutMs: 1_000,
  sagaRetry: { tries: 2, firstMs: 40, maxMs: 1_000 },
}

export const facts: TransactionFacts = {
  transactionId: TransactionId('01900000-0000-7000-8000-000000000001'),
  sequence: { epoch: Epoch(1), number: 7 },
  protocol: 'saga',
  startedAt: at(0),
  timeoutAt: at(60_000),
  digest: '',
  traceParent: '',
}

export const nameOf = (number: number): ParticipantName => ParticipantName(`p${number}`)
export const numberOf = (name: ParticipantName): number => Number(name.slice(1))
export const storage = (number: number, disk = 0): StorageId =>
  StorageId(`00000000-0000-4000-8000-0000000000${disk}${number}`)
export const identityOf = (number: number, disk = 0, boot = 1): Identity => ({
  storageId: storage(number, disk),
  boot: Boot(boot),
})

type Plan = Partial<Omit<coordinatorSide.EnlistedSagaBranch, 'after'>> & { readonly after?: readonly number[] }

export function enlisted(number: number, { after, ...plan }: Plan = {}): coordinatorSide.EnlistedSagaBranch {
  return {
    branch: BranchNumber(number),
    participant: nameOf(number),
    operation: 'work',
    input: '{}',
    address: `p${number}:1`,
    identity: identityOf(number),
    ...plan,
    ...(after === undefined ? {} : { after: after.map(BranchNumber) }),
  }
}
