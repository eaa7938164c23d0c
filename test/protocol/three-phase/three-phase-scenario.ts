// A three-phase transaction at its coordinator, and a branch of one at its participant, driven event by event.

import {
  type Adopted,
  type Ballot,
  type BallotAnswer,
  BranchNumber,
  type Collect,
  coordinatorSide,
  firstBallot,
  type Member,
  ParticipantName,
  type Prepare,
  type Propose,
  type TransactionFacts,
} from '../../../protocol/index.ts'
import { at, enlisted, facts, logId, policy, Scenario, storage, voter } from '../two-phase/coordinator-scenario.ts'
import { around, Branch } from '../two-phase/participant-scenario.ts'

export const threePhase: TransactionFacts = { ...facts, protocol: 'three-phase' }
export const first = firstBallot(logId)
/** A ballot of the participant with this digit. */
export const ballotOf = (number: number, digit: number): Ballot => ({ number, by: storage(digit), branch: digit })
export const sealedYes = { vote: 'yes', result: '"done"', isSealed: true } as const

/** Participants 1 to n, each with the branch of its number. */
export const members = (count: number): Member[] =>
  ['a', 'b', 'c', 'd', 'e'].slice(0, count).map((name, index) => ({
    participant: ParticipantName(name),
    address: `${name}:1`,
    branches: [BranchNumber(index + 1)],
    ...voter(index + 1),
  }))

/** Submitted with `count` branches whose databases are known, so that the first Prepare seals. */
export const submitted = (count: number): Scenario =>
  new Scenario(
    coordinatorSide.submit(
      threePhase,
      Array.from({ length: count }, (_, index) => enlisted(index + 1)),
      at(0),
      policy,
    ),
  )

/** All have said yes. */
export function preCommitted(count: number): Scenario {
  const scenario = submitted(count)
  for (let number = 1; number <= count; number += 1) scenario.vote(number, sealedYes)
  return scenario
}

export const answerBy = (
  scenario: Scenario,
  number: number,
  to: 'collect' | 'pre-commit' | 'pre-abort',
  ballot: Ballot,
  answer: BallotAnswer,
  from = voter(number),
): Scenario =>
  scenario.on({ type: 'ballot-answer', at: at(scenario.now), branch: BranchNumber(number), to, ballot, answer, from })

export const adopted: BallotAnswer = { answer: 'adopted' }
export const promised = (adoption?: Adopted): BallotAnswer => ({
  answer: 'promised',
  ...(adoption === undefined ? {} : { adopted: adoption }),
})

const address = { transactionId: facts.transactionId, branch: BranchNumber(1), sequence: facts.sequence }
export const collect = (ballot: Ballot, count = 3): Collect => ({
  type: 'collect',
  ...address,
  ballot,
  members: members(count),
})
export const propose = (type: Propose['type'], ballot: Ballot): Propose => ({ type, ...address, ballot })

/** Branch 1, prepared and sealed with `count` members. */
export const sealed = (count = 3, more: Partial<Prepare> = {}): Branch =>
  Branch.prepared({ protocol: 'three-phase', members: members(count), ballot: first, ...more })

/** Branch 1, called: prepared without members. */
export const unsealed = (): Branch => Branch.prepared({ protocol: 'three-phase', members: [], abandonAt: at(60_000) })

export const ask = (branch: Branch, message: Collect | Propose): Branch =>
  branch.on({ type: message.type, at: at(branch.now), message } as never)

export const noCoordinator = (branch: Branch, ms: number): Branch => {
  branch.now = ms
  return branch.on({ type: 'no-coordinator', at: at(ms) })
}

export const heard = (
  branch: Branch,
  from: number | 'coordinator',
  to: 'collect' | Propose['type'],
  ballot: Ballot,
  answer: BallotAnswer,
): Branch =>
  branch.on({
    type: 'ballot-answer',
    at: at(branch.now),
    from: from === 'coordinator' ? from : { storageId: storage(from), branch: from },
    to,
    ballot,
    answer,
  })

export const pledgeOf = (branch: Branch) => (branch.state.state === 'prepared' ? branch.state.branch.pledge : undefined)
export { around, at, Branch, enlisted, logId, policy, Scenario, storage, voter }
