// What must hold in every world (protocols.md section 4). A sentence is a violation; undefined is none.

import type { ParticipantProcess } from './participant-party.ts'
import type { Scenario } from './scenario.ts'
import type { World, Worlds } from './world.ts'

interface View {
  readonly scenario: Scenario
  readonly participants: readonly ParticipantProcess[]
  readonly marks: ReadonlySet<string>
  /** By branch: the votes that the durable decision rests on. */
  readonly decided: readonly string[] | undefined
  readonly isWhole: boolean
}

/** `safe` remembers the combinations that were looked at. */
export function violationIn(worlds: Worlds, world: World, safe: Set<string>): string | undefined {
  const key = `${world.processes.slice(1).join()},${world.history},${world.diskLosses}`
  if (safe.has(key)) return undefined
  safe.add(key)
  const marks = worlds.marksOf(world)
  const view: View = {
    scenario: worlds.scenario,
    participants: worlds.participantsOf(world),
    marks: new Set(marks),
    decided: marks
      .find((mark) => mark.startsWith('decided '))
      ?.split(' ')
      .slice(1),
    isWhole: world.diskLosses === worlds.scenario.diskLosses,
  }
  for (const predicate of [agreement, validity, honesty, durability, exactlyOnce, calm]) {
    const sentence = predicate(view)
    if (sentence !== undefined) return sentence
  }
  return undefined
}

/** AC1: nobody commits without the decision or aborts against it. A read-only voter is no part of what is committed. */
function agreement({ scenario, participants, decided, isWhole }: View): string | undefined {
  for (const [index, { state }] of participants.entries()) {
    const number = index + 1
    const vote = decided?.[index]
    if (state.state === 'committed' && !scenario.isOnePhase && vote !== 'yes') {
      return `participant ${number} has committed; its vote in the durable decision is: ${vote ?? 'none'}`
    }
    if (state.state === 'aborted' && vote === 'yes' && isWhole) {
      return `participant ${number} has aborted; the durable decision is commit and counts its yes`
    }
  }
  return undefined
}

/** AC3: a decision to commit rests on votes that were never a no, and on work that is durable where it was done. */
function validity({ participants, marks, decided, isWhole }: View): string | undefined {
  for (const [index, vote] of (decided ?? []).entries()) {
    const number = index + 1
    if (vote !== 'yes') continue
    if (marks.has(`refused ${number}`) && isWhole) return `participant ${number} had said no, and commit was decided`
    const { durable, endedEpoch } = participants[index]!
    if (durable.length === 0 && endedEpoch === 0 && isWhole) return `the work of participant ${number} is lost`
  }
  return undefined
}

/** G2 and G5: what a client was told stays true. */
function honesty({ scenario, participants, marks, decided }: View): string | undefined {
  const isCommitted = marks.has('told committed')
  const isAborted = marks.has('told aborted')
  if (isCommitted && isAborted) return 'the client was told committed and aborted'
  if (scenario.isOnePhase) {
    const isApplied = participants.some(({ state }) => state.state === 'committed') || marks.has('applied 1')
    return isAborted && isApplied ? 'the client was told aborted; the participant has committed' : undefined
  }
  if (isCommitted && decided === undefined) return 'the client was told committed; no decision is durable'
  if (isAborted && decided !== undefined) return 'the client was told aborted; the durable decision is commit'
  return undefined
}

/** Rule 6: the end comes after the last ack, and no record is never one. */
function durability({ scenario, marks, decided }: View): string | undefined {
  if (!marks.has('ended committed')) return undefined
  for (const [index] of scenario.results.entries()) {
    const number = index + 1
    const isPart = scenario.isOnePhase || decided?.[index] === 'yes'
    if (isPart && !marks.has(`applied ${number}`))
      return `ended as committed; participant ${number} has applied nothing`
  }
  return undefined
}

/** G4: a duplicate changes nothing. */
function exactlyOnce({ scenario, marks }: View): string | undefined {
  for (const [index] of scenario.results.entries()) {
    if (marks.has(`applied ${index + 1} again`)) return `participant ${index + 1} has committed twice`
  }
  const isLate = scenario.isOnePhase && marks.has('told before applied') && marks.has('applied 1')
  return isLate
    ? 'the client was told committed of a read-only vote; afterwards the participant committed work'
    : undefined
}

/** While no disk is lost, nobody finds anything that only a lost disk explains. */
function calm({ scenario, marks, isWhole }: View): string | undefined {
  const alarm = [...marks].find((mark) => mark.startsWith('alarm'))
  if (isWhole) return alarm ?? (marks.has('told hazard') || marks.has('told mixed') ? 'told hazard' : undefined)
  return scenario.diskLosses > 0 ? undefined : alarm
}
