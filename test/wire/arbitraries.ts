// Any well formed message, for round trips.

import fc from 'fast-check'
import type {
  Ballot,
  BallotAnswer,
  BallotAnswerMessage,
  Boot,
  BranchNumber,
  Collect,
  Epoch,
  FromParticipant,
  Instant,
  LogId,
  Member,
  ParticipantName,
  Prepare,
  Propose,
  participantSide,
  Reason,
  Sequence,
  StorageId,
  ToParticipant,
  TransactionId,
} from '../../protocol/index.ts'
import type {
  CoordinatorHeader,
  OutcomeReport,
  ParticipantHeader,
  RequestedBranch,
  TransactionOptions,
} from '../../wire/index.ts'

const uuid = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .filter((bytes) => bytes.some((byte) => byte !== 0))
  .map((bytes) =>
    Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  )

export const now = 1_790_000_000_000 as Instant
export const transactionId = uuid as fc.Arbitrary<TransactionId>
export const logId = uuid as fc.Arbitrary<LogId>
export const storageId = uuid as fc.Arbitrary<StorageId>
export const branch = fc.integer({ min: 1, max: 128 }) as fc.Arbitrary<BranchNumber>
export const count = fc.maxSafeNat()
export const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })
export const epoch = uint32 as fc.Arbitrary<Epoch>
export const boot = fc.integer({ min: 1, max: 0xffff_ffff }) as fc.Arbitrary<Boot>
export const instant = count as fc.Arbitrary<Instant>
export const participant = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/) as fc.Arbitrary<ParticipantName>
export const name = fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' })
export const json = fc.json()
export const sequence: fc.Arbitrary<Sequence> = fc.record({ epoch, number: count })
export const protocol = fc.constantFrom('two-phase' as const, 'three-phase' as const, 'saga' as const)
export const decision = fc.constantFrom('commit' as const, 'abort' as const)
/** The branch numbers of one transaction. */
export const branches = fc.uniqueArray(branch, { minLength: 1, maxLength: 8 })

const some = { requiredKeys: [] }

export const reason: fc.Arbitrary<Reason> = fc
  .tuple(
    fc.record({ code: name, message: name, refused: fc.boolean(), retryable: fc.boolean() }),
    fc.record({ branch, participant, operation: name, path: name }, some),
  )
  .map(([facts, where]) => ({ ...facts, ...where }))

const results = fc.array(fc.record({ branch, result: fc.oneof(json, fc.constant('')) }), { maxLength: 4 })

export const outcome: fc.Arbitrary<OutcomeReport['outcome']> = fc.oneof(
  fc.record({ outcome: fc.constant('in-progress' as const) }),
  fc.record({ outcome: fc.constant('committed' as const), results }),
  fc.record({ outcome: fc.constant('aborted' as const), reason }),
  fc.record({ outcome: fc.constantFrom('mixed' as const, 'hazard' as const), decision, reason, results }),
)
export const outcomeReport: fc.Arbitrary<OutcomeReport> = fc.record({
  transactionId,
  outcome,
  applied: fc.boolean(),
  startedAt: instant,
})

const watermark = fc.record({ below: sequence, open: fc.array(sequence, { maxLength: 5 }) })

export const coordinatorHeader: fc.Arbitrary<CoordinatorHeader> = fc.record(
  {
    logId,
    epoch,
    recordSequence: count,
    seenRecordSequence: count,
    watermark: fc.option(watermark, { nil: undefined }),
    address: name,
    sentAt: instant,
    seenStorageId: storageId,
  },
  { requiredKeys: ['logId', 'epoch', 'recordSequence', 'seenRecordSequence', 'watermark', 'address', 'sentAt'] },
)

export const participantHeader: fc.Arbitrary<ParticipantHeader> = fc.record({
  storageId,
  boot,
  recordSequence: count,
  seenRecordSequence: count,
  forcedTurn: count,
  participant,
  sentAt: instant,
})

const member = fc.record({ participant, address: name, storageId, boot, branches })
/** Members that may vote: no database and no branch stands in it twice. */
export const votingSet: fc.Arbitrary<Member[]> = fc
  .uniqueArray(fc.record({ participant, address: name, storageId, boot }), {
    minLength: 1,
    maxLength: 4,
    selector: (one) => one.storageId,
  })
  .chain((members) => {
    const numbers = fc.uniqueArray(branch, { minLength: members.length, maxLength: members.length + 3 })
    return numbers.map((all) =>
      members.map((one, index) => ({ ...one, branches: all.filter((_, place) => place % members.length === index) })),
    )
  })
export const ballot: fc.Arbitrary<Ballot> = fc.record({
  number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  by: fc.oneof(storageId, logId),
  branch: fc.integer({ min: 0, max: 128 }),
})
const address = { transactionId, branch, sequence }
const laterBy = (least: number) => fc.integer({ min: now + least, max: now + 0xffff_ffff }) as fc.Arbitrary<Instant>
const tryNumber = fc.integer({ min: 1, max: 0xffff_ffff })

const plainPrepare: fc.Arbitrary<Prepare> = fc.record(
  {
    type: fc.constant('prepare' as const),
    ...address,
    protocol,
    operation: name,
    input: json,
    expectedStorageId: storageId,
    startedAt: instant,
    voteBy: laterBy(0),
    onePhase: fc.boolean(),
    members: fc.array(member, { maxLength: 3 }),
    traceParent: fc.constantFrom('', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    attempt: uint32,
  },
  {
    requiredKeys: [
      'type',
      'transactionId',
      'branch',
      'sequence',
      'protocol',
      'operation',
      'input',
      'startedAt',
      'voteBy',
      'onePhase',
      'members',
      'traceParent',
      'attempt',
    ],
  },
)
const seal = fc.record({ members: votingSet, ballot })
const saga = fc.record({ tryNumber, isRetriable: fc.boolean() })
/** With what each protocol adds. */
const prepare: fc.Arbitrary<Prepare> = plainPrepare.chain((plain): fc.Arbitrary<Prepare> => {
  if (plain.protocol === 'two-phase' || (plain.protocol === 'saga' && plain.onePhase)) return fc.constant(plain)
  if (plain.protocol === 'saga') return saga.map((tried) => ({ ...plain, saga: tried }))
  const unsealed = laterBy(1).map((abandonAt) => ({ ...plain, members: [], abandonAt }))
  return fc.oneof(
    seal.map((sealed) => ({ ...plain, ...sealed })),
    unsealed,
  )
})
const commit = fc.record({ type: fc.constant('commit' as const), ...address, expectedStorageId: storageId })
const abort = fc.record({ type: fc.constant('abort' as const), ...address })
const expectation = fc.oneof(
  fc.constant({}),
  fc.record({ expectedStorageId: storageId }),
  fc.record({ expected: fc.record({ storageId, boot }) }),
)
const status = fc
  .tuple(fc.record({ type: fc.constant('status' as const), ...address, abortIfNone: fc.boolean() }), expectation)
  .map(([asked, expected]) => ({ ...asked, ...expected }))

const collect = fc.record({ type: fc.constant('collect' as const), ...address, ballot, members: votingSet })
const propose = fc.record({ type: fc.constantFrom('pre-commit' as const, 'pre-abort' as const), ...address, ballot })
/** What a member asks the coordinator, too. */
export const ballotQuestion: fc.Arbitrary<Collect | Propose> = fc.oneof(collect, propose)
export const toMember: fc.Arbitrary<participantSide.ToMember> = fc.oneof(commit, abort, status, collect, propose)

export const toParticipant: fc.Arbitrary<ToParticipant> = fc.oneof(prepare, toMember)

const vote = fc.oneof(
  fc.record({ vote: fc.constantFrom('yes' as const, 'read-only' as const, 'committed' as const), result: json }),
  fc.record({ vote: fc.constant('yes' as const), result: json, isSealed: fc.constant(true as const) }),
  fc.record({ vote: fc.constant('no' as const), reason }),
  fc.record({ vote: fc.constant('failed' as const), tryNumber, reason }),
)
const answer = fc.oneof(
  fc.record({ answer: fc.constant('applied' as const), turn: count }),
  fc.record({ answer: fc.constantFrom('ended' as const, 'no-record' as const, 'contradicted' as const) }),
  fc.record({ answer: fc.constant('heuristic' as const), did: decision }),
  fc.record({ answer: fc.constant('retrying' as const), detail: name }),
)
const knowledge = fc.oneof(
  fc.record({
    knows: fc.constantFrom(
      'nothing' as const,
      'active' as const,
      'prepared' as const,
      'read-only' as const,
      'ended' as const,
    ),
  }),
  fc.record({ knows: fc.constant('committed' as const), result: json }),
  fc.record({ knows: fc.constant('aborted' as const), reason }),
)

const choice = fc.constantFrom('pre-commit' as const, 'pre-abort' as const)
const adopted = fc.record({ ballot, choice })
const toBallot: fc.Arbitrary<BallotAnswer> = fc.oneof(
  fc.record({ answer: fc.constant('promised' as const) }),
  fc.record({ answer: fc.constant('promised' as const), adopted }),
  fc.record({
    answer: fc.constantFrom('adopted' as const, 'committed' as const, 'aborted' as const, 'nothing' as const),
  }),
  fc.record({ answer: fc.constant('refused' as const), promised: ballot }),
)
export const ballotAnswer: fc.Arbitrary<BallotAnswerMessage> = fc.record({
  type: fc.constant('ballot-answer' as const),
  transactionId,
  branch,
  to: fc.constantFrom('collect' as const, 'pre-commit' as const, 'pre-abort' as const),
  ballot,
  answer: toBallot,
})

export const fromParticipant: fc.Arbitrary<FromParticipant> = fc.oneof(
  ballotAnswer,
  fc.record({ type: fc.constant('vote' as const), transactionId, branch, vote }),
  fc.record({ type: fc.constant('decision-answer' as const), transactionId, branch, decision, answer }),
  fc.record({ type: fc.constant('status-answer' as const), transactionId, branch, knowledge }),
) as fc.Arbitrary<FromParticipant>

export const options: fc.Arbitrary<TransactionOptions> = fc
  .tuple(
    fc.record({
      protocol,
      timeoutMs: fc.integer({ min: 0, max: 86_400_000 }),
      waitFor: fc.constantFrom('decided' as const, 'applied' as const),
      traceParent: fc.constantFrom('', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
    }),
    fc.record({ idempotencyKey: name, firstStartedAt: fc.integer({ min: 1 }) as fc.Arbitrary<Instant> }, some),
  )
  .map(([chosen, more]) => ({ ...chosen, ...more }))

export const requestedBranch: fc.Arbitrary<RequestedBranch> = fc.record({
  branch,
  participant,
  operation: name,
  input: json,
})
export const requestedBranches: fc.Arbitrary<RequestedBranch[]> = fc.uniqueArray(requestedBranch, {
  minLength: 1,
  maxLength: 6,
  selector: (one) => one.branch,
})
