// What must hold in every world and in every move (protocols.md 3.1). A sentence is a violation; undefined is none.

import type { DecidedBranch } from '../../../../protocol/index.ts'
import { policy } from '../parties.ts'
import { type CoordinatorProcess, decisionIn } from './coordinator.ts'
import { type ParticipantProcess, visible } from './participant.ts'
import type { Scenario } from './scenario.ts'
import type { World, Worlds } from './world.ts'

interface View {
  readonly scenario: Scenario
  readonly coordinator: CoordinatorProcess
  readonly participants: readonly ParticipantProcess[]
  readonly marks: ReadonlySet<string>
}

const viewOf = (worlds: Worlds, world: World): View => ({
  scenario: worlds.scenario,
  coordinator: worlds.coordinatorOf(world),
  participants: worlds.participantsOf(world),
  marks: new Set(worlds.marksOf(world)),
})

export function violationIn(worlds: Worlds, world: World): string | undefined {
  const view = viewOf(worlds, world)
  for (const rule of [logged, exactlyOnce, reversed, pivotal, honest, tried, calm]) {
    const sentence = rule(view)
    if (sentence !== undefined) return sentence
  }
  return undefined
}

/** S4, of the move between two worlds. */
export function violationOf(worlds: Worlds, before: World, after: World): string | undefined {
  if (before.processes === after.processes || !worlds.marksOf(before).includes('compensates')) return undefined
  const then = worlds.participantsOf(after)
  const started = worlds
    .participantsOf(before)
    .findIndex((participant, index) => visible(participant).work < visible(then[index]!).work)
  return started < 0 ? undefined : `S4: branch ${started + 1} started after the first compensation`
}

/** S1: whatever may have been done, the log says so, and which way the saga goes. */
function logged({ coordinator, participants }: View): string | undefined {
  const { durable } = coordinator
  const known = durable.flatMap((record) => {
    if (record.type === 'saga') return record.branches.map(({ branch }) => branch as number)
    return record.type === 'saga-branch' ? [record.branch.branch as number] : []
  })
  const decision = decisionIn(durable)
  if (decision === 'commit' && durable.some(({ type }) => type === 'compensating')) return 'S1: it goes both ways'
  for (const [index, participant] of participants.entries()) {
    const { work, compensation, confirmation } = visible(participant)
    if (work > 0 && !known.includes(index + 1)) return `S1: branch ${index + 1} is done; the log does not know it`
    if (compensation > 0 && decision !== 'abort') return 'S1: it is compensated; the log does not say so'
    if (confirmation > 0 && decision !== 'commit') return 'S1: it is committed; the log does not say so'
  }
  return undefined
}

/** S2, S3, T2. */
function exactlyOnce({ participants }: View): string | undefined {
  for (const [index, participant] of participants.entries()) {
    const { work, compensation, confirmation } = visible(participant)
    const number = index + 1
    if (work > 1) return `S2: branch ${number} was done twice`
    if (compensation > 1) return `S2: branch ${number} was compensated twice`
    if (confirmation > 1) return `T3: branch ${number} was committed twice`
    if (compensation > work) return `S3: branch ${number} was compensated and never done`
    if (compensation + confirmation > 1) return `T2: branch ${number} was compensated and committed`
  }
  return undefined
}

/** S7: no branch is compensated while one that built on it may still stand, after any crash. */
function reversed({ scenario, participants }: View): string | undefined {
  for (const [index, participant] of participants.entries()) {
    if (visible(participant).compensation === 0) continue
    for (const [later, { effects }] of participants.entries()) {
      const builds = buildsOn(scenario, later + 1, index + 1)
      if (builds && effects.work > effects.compensation) {
        return `S7: branch ${index + 1} was compensated before branch ${later + 1}`
      }
    }
  }
  return undefined
}

/** S5. */
function pivotal({ scenario, participants, marks }: View): string | undefined {
  const index = scenario.branches.findIndex(({ role }) => role === 'pivot')
  const pivot = participants[index]
  if (pivot === undefined || pivot.effects.work === 0) return undefined
  return marks.has('compensates') ? 'S5: the pivot is done, and a branch was compensated' : undefined
}

/** What the client was told is what is recorded. */
function honest({ coordinator, marks }: View): string | undefined {
  const decision = decisionIn(coordinator.durable)
  if (marks.has('told committed') && decision !== 'commit') return 'the client was told committed; it is not recorded'
  if (marks.has('told aborted') && decision !== 'abort') return 'the client was told aborted; it is not recorded'
  return undefined
}

/** AC4: without a refusal or a timeout a saga turns only when the last try of some branch has failed. */
function tried({ scenario, coordinator, marks }: View): string | undefined {
  const { state } = coordinator
  const isTurning =
    state?.phase === 'running' ? state.turning !== undefined : decisionIn(coordinator.durable) === 'abort'
  if (!isTurning || scenario.mayTimeOut) return undefined
  const isExplained = scenario.branches.some(
    (_, index) => marks.has(`refused ${index + 1}`) || marks.has(`failed ${index + 1} try ${policy.sagaRetry.tries}`),
  )
  return isExplained ? undefined : 'it turned; nobody has refused, and tries were left'
}

/** No disk is lost, so nobody finds anything that only a lost disk explains. */
const calm = ({ marks }: View): string | undefined =>
  [...marks].find((mark) => mark === 'told hazard' || mark === 'told mixed')

/** S6, and what the client was told, once everything has come to rest. */
export function unrest(worlds: Worlds, world: World): string | undefined {
  const { coordinator, participants, marks } = viewOf(worlds, world)
  const { state, durable } = coordinator
  // Lost before anything was sent: nobody was told, and nothing may stand.
  if (state === undefined) return standing(participants, [])
  if (state.phase !== 'ended') return `S6: the coordinator stays ${state.phase} for ever`
  const isCommitted = state.outcome.outcome === 'committed'
  if (!durable.some(({ type }) => type === 'end')) return 'S6: its end is not recorded'
  if (marks.has('told committed') && !isCommitted) return 'the client was told committed; it ended otherwise'
  if (marks.has('told aborted') && isCommitted) return 'the client was told aborted; it ended as committed'
  // Of an interactive one that passed its timeout after the pivot, what was called.
  return standing(
    participants,
    durable.flatMap((record) => (record.type === 'decision' ? record.branches : [])),
  )
}

/** All is at rest; what was decided stands, and nothing else. */
function standing(participants: readonly ParticipantProcess[], decided: readonly DecidedBranch[]): string | undefined {
  for (const [index, { state, effects }] of participants.entries()) {
    const number = index + 1
    if (state.state === 'prepared' || state.state === 'active') return `branch ${number} stays prepared for ever`
    const expected = decided.some(({ branch }) => branch === number) ? 1 : 0
    const stands = effects.work - effects.compensation
    if (stands !== expected) return `of branch ${number} there stands ${stands}, and not ${expected}`
  }
  return undefined
}

/** Whether branch `later` comes, directly or not, after branch `earlier`. */
function buildsOn(scenario: Scenario, later: number, earlier: number): boolean {
  const after = scenario.branches[later - 1]?.after ?? (later > 1 ? [later - 1] : [])
  return after.some((number) => number === earlier || buildsOn(scenario, number, earlier))
}
