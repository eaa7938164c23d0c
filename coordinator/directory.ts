// The participants that this coordinator knows: from its configuration, from their registration, and from its log.
//
// N1 A name is bound to one database (design rule 16). Another one is taken only when the first has no live session.
// N2 A database that is older than it was seen before is not spoken to (design rules 6 and 9): it is a restored backup.

import type { LogEntry, RecordedParticipant } from '../log/index.ts'
import type { Identity, ParticipantName, Protocol } from '../protocol/index.ts'
import type { ParticipantHeader } from '../wire/index.ts'

export interface Known {
  facts: RecordedParticipant
  /** The operations are known: it was reached at least once. */
  isDescribed: boolean
  isConnected: boolean
  /** Why it is not spoken to. */
  refused: string | undefined
  lastError: string
  /** What of `facts.seenRecordSequence` is durable: told to the participant (design rule 6). */
  durableSeen: number
  /** How many records of this log it was told of in this epoch. */
  told: number
  /** It has said in this epoch what it has seen. */
  hasSpoken: boolean
  isChanged: boolean
}

export type Heard = 'known' | 'new-boot' | 'new-storage' | 'refused'

interface Unforced {
  readonly turn: number
  readonly known: Known
  readonly seen: number
}

export class Directory {
  readonly #byName = new Map<ParticipantName, Known>()
  readonly #speakers = new Map<ParticipantName, Identity>()

  readonly #unforced: Unforced[] = []

  constructor(
    configured: readonly { readonly participant: ParticipantName; readonly address: string }[],
    recorded: readonly RecordedParticipant[],
  ) {
    for (const facts of recorded) this.#add(facts, facts.storageId !== undefined)
    for (const { participant, address } of configured) {
      const known = this.#byName.get(participant)
      if (known === undefined) this.#add(unreached(participant, address), false)
      else known.facts = { ...known.facts, address }
    }
  }

  /** Something has changed that should not wait for another turn: a new boot, storage or registration. */
  hasNews = false

  get(participant: ParticipantName): Known | undefined {
    return this.#byName.get(participant)
  }

  all(): IterableIterator<Known> {
    return this.#byName.values()
  }

  identityOf(known: Known): Identity | undefined {
    const { storageId, boot } = known.facts
    if (storageId === undefined || boot === undefined) return undefined
    return this.speaker(known.facts.participant, { storageId, boot })
  }

  /** The same object each time, because every vote is kept with its voter while its transaction is open. */
  speaker(participant: ParticipantName, { storageId, boot }: Identity): Identity {
    const last = this.#speakers.get(participant)
    if (last?.storageId === storageId && last.boot === boot) return last
    const speaker = { storageId, boot }
    this.#speakers.set(participant, speaker)
    return speaker
  }

  /** A registration. `taken`: another database has a live session under this name (N1). */
  register(
    participant: ParticipantName,
    address: string,
    operations: readonly string[],
    protocols: readonly Protocol[],
    identity: Identity,
  ): { readonly known: Known; readonly isMoved: boolean } | 'taken' {
    const known = this.#byName.get(participant) ?? this.#add(unreached(participant, address), false)
    const { storageId } = known.facts
    if (known.isConnected && storageId !== undefined && storageId !== identity.storageId) return 'taken'
    const isMoved = known.facts.address !== address
    known.facts = { ...known.facts, address, operations, protocols }
    known.isDescribed = true
    this.#changed(known)
    return { known, isMoved }
  }

  /** Every header that a participant sends. */
  heard(known: Known, header: ParticipantHeader): Heard {
    const { facts } = known
    const { storageId, boot, recordSequence } = header
    const isSame = facts.storageId === undefined || facts.storageId === storageId
    if (isSame && this.#isOlder(known, header)) return 'refused'
    known.refused = undefined
    const seen = isSame ? Math.max(facts.seenRecordSequence, recordSequence) : recordSequence
    if (isSame && facts.boot === boot) {
      if (seen === facts.seenRecordSequence) return 'known'
      known.facts = { ...facts, seenRecordSequence: seen }
      known.isChanged = true
      return 'known'
    }
    known.facts = { ...facts, storageId, boot, seenRecordSequence: seen }
    if (!isSame) known.durableSeen = 0
    this.#changed(known)
    return isSame ? 'new-boot' : 'new-storage'
  }

  describe(known: Known, operations: readonly string[], protocols: readonly Protocol[]): void {
    known.facts = { ...known.facts, operations, protocols }
    known.isDescribed = true
    this.#changed(known)
  }

  /** What was stored in turns up to this one is durable and may be told. */
  forced(turn: number): void {
    while (this.#unforced[0] !== undefined && this.#unforced[0].turn <= turn) {
      const [{ known, seen }] = this.#unforced.splice(0, 1) as [Unforced]
      // Of the database that the name is bound to now.
      if (seen <= known.facts.seenRecordSequence) known.durableSeen = seen
    }
  }

  /** Entries for what has changed since; they ride along with this turn. */
  takeChanges(turn: number): LogEntry[] {
    this.hasNews = false
    const changed = [...this.#byName.values()].filter((known) => known.isChanged)
    for (const known of changed) {
      known.isChanged = false
      this.#unforced.push({ turn, known, seen: known.facts.seenRecordSequence })
    }
    return changed.map(({ facts }) => ({ type: 'participant', facts }))
  }

  #changed(known: Known): void {
    known.isChanged = true
    this.hasNews = true
  }

  #isOlder(known: Known, header: ParticipantHeader): boolean {
    const { boot = 0, seenRecordSequence, participant } = known.facts
    const isOlder = header.boot < boot || header.recordSequence < seenRecordSequence
    if (isOlder) {
      known.refused =
        `${participant} is older than it was seen before (boot ${header.boot} after ${boot}, ` +
        `record ${header.recordSequence} after ${seenRecordSequence}): it looks like a restored backup`
    }
    return isOlder
  }

  #add(facts: RecordedParticipant, isDescribed: boolean): Known {
    const known: Known = {
      facts,
      isDescribed,
      isConnected: false,
      refused: undefined,
      lastError: 'not reached yet',
      durableSeen: facts.seenRecordSequence,
      told: 0,
      hasSpoken: false,
      isChanged: false,
    }
    this.#byName.set(facts.participant, known)
    return known
  }
}

const unreached = (participant: ParticipantName, address: string): RecordedParticipant => ({
  participant,
  address,
  operations: [],
  protocols: ['two-phase'],
  seenRecordSequence: 0,
})
