// Answers of participants that are visible and not yet durable there (design rule 8): each waits until the participant
// says that it has forced the turn it was applied in.

import type { BranchNumber, Identity, ParticipantName, TransactionId } from '../protocol/index.ts'

interface Pending {
  readonly turn: number
  readonly transactionId: TransactionId
  readonly branch: BranchNumber
}

interface Speaker {
  readonly identity: Identity
  /** A header may overtake the answers that came before it: they wait for a turn. */
  forcedTurn: number
  pending: Pending[]
}

export class Acks {
  readonly #byParticipant = new Map<ParticipantName, Speaker>()

  /** Returns whether it is durable already. Turns are counted from each boot: what another boot or storage has not forced will be asked for again. */
  applied(participant: ParticipantName, identity: Identity, pending: Pending): boolean {
    const speaker = this.#speaker(participant, identity)
    if (pending.turn <= speaker.forcedTurn) return true
    speaker.pending.push(pending)
    return false
  }

  /** Everything that is durable now that the participant has forced this turn. */
  forced(participant: ParticipantName, identity: Identity, forcedTurn: number): readonly Pending[] {
    const speaker = this.#speaker(participant, identity)
    speaker.forcedTurn = Math.max(speaker.forcedTurn, forcedTurn)
    const { pending } = speaker
    const [first] = pending
    if (first === undefined) return []
    // Within a session they come in the order of their turns, so that mostly none or all are durable.
    const last = pending.at(-1) ?? first
    if (first.turn > forcedTurn && last.turn === first.turn) return []
    if (pending.every(({ turn }) => turn <= forcedTurn)) {
      speaker.pending = []
      return pending
    }
    const durable = pending.filter(({ turn }) => turn <= forcedTurn)
    if (durable.length > 0) speaker.pending = pending.filter(({ turn }) => turn > forcedTurn)
    return durable
  }

  #speaker(participant: ParticipantName, identity: Identity): Speaker {
    const known = this.#byParticipant.get(participant)
    if (known?.identity.storageId === identity.storageId && known.identity.boot === identity.boot) return known
    const speaker = { identity, forcedTurn: 0, pending: [] }
    this.#byParticipant.set(participant, speaker)
    return speaker
  }
}
