// Three-phase: what members are bound to (EPOCH of protocols.md section 4). A promise is never taken back, one ballot
// stands for one choice, and nothing is committed that a majority has not adopted.

import {
  type Adopted,
  type Ballot,
  type BallotAnswer,
  compareBallots,
  type Decision,
  isQuorum,
  type Member,
  type ParticipantRecord,
  type Pledge,
  type Voter,
} from '../protocol/index.ts'
import type { World } from './world.ts'

interface Ballots {
  members: readonly Member[] | undefined
  readonly promises: Map<string, Ballot>
  /** By ballot. */
  readonly adopted: Map<string, { readonly choice: Adopted['choice']; readonly voters: Set<string> }>
  /** A majority had adopted its commit, whatever was lost since. */
  wasChosen: boolean
}

export class BallotJudge {
  readonly #world: World
  readonly #byTransaction = new Map<string, Ballots>()

  constructor(world: World) {
    this.#world = world
  }

  /** `key`: the transaction and its sequence. */
  sealed(key: string, members: readonly Member[]): void {
    this.#of(key).members = members
  }

  /** A member is bound, durably. */
  bound(key: string, about: string, voter: Voter, { promised, adopted }: Pledge): void {
    const ballots = this.#of(key)
    const who = voterName(voter)
    const before = ballots.promises.get(who)
    if (before !== undefined && compareBallots(promised, before) < 0) {
      this.#broken(`${who} had promised ballot ${before.number}, and is bound to ${promised.number} only`, about)
    }
    ballots.promises.set(who, promised)
    if (adopted === undefined) return
    const { ballot, choice } = adopted
    const name = ballotName(ballot)
    const known = ballots.adopted.get(name)
    if (known === undefined) ballots.adopted.set(name, { choice, voters: new Set([who]) })
    else if (known.choice !== choice) {
      this.#broken(`ballot ${ballot.number} stands for ${choice} at ${who}, and for ${known.choice} elsewhere`, about)
    } else known.voters.add(who)
  }

  /** Its disk does not hold what it was bound to any more. */
  lose(storageId: string): void {
    const prefix = storageId === 'coordinator' ? storageId : `${Number(storageId.slice(-12))}/`
    for (const ballots of this.#byTransaction.values()) {
      const { members, promises, adopted } = ballots
      if (members !== undefined && isChosenBy(members, adopted)) ballots.wasChosen = true
      for (const who of promises.keys()) if (who.startsWith(prefix)) promises.delete(who)
      for (const { voters } of adopted.values()) {
        for (const who of voters) if (who.startsWith(prefix)) voters.delete(who)
      }
    }
  }

  decided(key: string, about: string, decision: Decision): void {
    const ballots = this.#of(key)
    const { members, adopted } = ballots
    if (members === undefined) {
      if (decision === 'commit') this.#broken('it is committed, and no PreCommit was ever prepared for', about)
      return
    }
    const isChosen = isChosenBy(members, adopted)
    if (decision === 'commit' && !isChosen && !ballots.wasChosen)
      this.#broken('it is committed, and no majority has adopted that', about)
    if (decision === 'abort' && isChosen) this.#broken('it is aborted, and a majority has adopted its commit', about)
  }

  /** Whether what is on the disk binds the member to what it answers. */
  isBound(record: ParticipantRecord | undefined, ballot: Ballot, answer: BallotAnswer['answer']): boolean {
    if (answer !== 'promised' && answer !== 'adopted') return true
    if (record === undefined) return false
    if (record.type === 'committed' || record.type === 'aborted') return true
    return isPledged(record.branch.pledge, ballot, answer)
  }

  #of(key: string): Ballots {
    const known = this.#byTransaction.get(key)
    if (known !== undefined) return known
    const ballots: Ballots = { members: undefined, promises: new Map(), adopted: new Map(), wasChosen: false }
    this.#byTransaction.set(key, ballots)
    return ballots
  }

  #broken(sentence: string, about: string): void {
    this.#world.history.violated('EPOCH', sentence, about)
  }
}

export function isPledged(pledge: Pledge | undefined, ballot: Ballot, answer: 'promised' | 'adopted'): boolean {
  if (pledge === undefined || compareBallots(pledge.promised, ballot) < 0) return false
  if (answer === 'promised') return true
  return pledge.adopted !== undefined && compareBallots(pledge.adopted.ballot, ballot) >= 0
}

const isChosenBy = (members: readonly Member[], adopted: Ballots['adopted']): boolean =>
  [...adopted.values()].some(
    ({ choice, voters }) => choice === 'pre-commit' && isQuorum(members, (voter) => voters.has(voterName(voter))),
  )

const voterName = (voter: Voter): string =>
  voter === 'coordinator' ? voter : `${Number(voter.storageId.slice(-12))}/${voter.branch}`
const ballotName = ({ number, by, branch }: Ballot): string => `${number} ${by} ${branch}`
