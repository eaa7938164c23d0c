// All lanes, as the network that the driver sees.

import { Instant, type ParticipantName, type StorageId, type ToParticipant } from '../protocol/index.ts'
import type { CoordinatorHeader } from '../wire/index.ts'
import type { Coordinator } from './coordinator.ts'
import type { Known } from './directory.ts'
import { Lane, type LaneOwner } from './lane.ts'
import type { Logger } from './logger.ts'
import type { Network } from './sending.ts'

/** One way to one participant, as the lanes need it; a simulator makes another one. */
export type LaneMaker = (
  address: string,
  owner: LaneOwner,
  coordinator: Coordinator,
) => Pick<Lane, 'queued' | 'unhandledSince' | 'send' | 'flush' | 'whenSent' | 'move' | 'close'>

const grpcLane: LaneMaker = (address, owner, { clock, config }) => new Lane(address, owner, clock, config.reconnect)

export class Lanes implements Network {
  readonly #lanes = new Map<ParticipantName, ReturnType<LaneMaker>>()
  readonly #logger: Logger
  readonly #makeLane: LaneMaker
  #coordinator: Coordinator | undefined
  #address = ''

  constructor(logger: Logger, makeLane: LaneMaker = grpcLane) {
    this.#logger = logger
    this.#makeLane = makeLane
  }

  /** `address` is where participants can ask for decisions. Every known participant is dialled at once. */
  open(coordinator: Coordinator, address: string): void {
    this.#coordinator = coordinator
    this.#address = address
    for (const known of coordinator.directory.all()) this.dial(known)
    coordinator.turns.onReleased('messages', () => {
      for (const lane of this.#lanes.values()) lane.flush()
    })
  }

  /** A new participant, or a known one at another address. */
  dial(known: Known): void {
    const { participant, address } = known.facts
    const lane = this.#lanes.get(participant)
    if (lane !== undefined) lane.move(address)
    else this.#lanes.set(participant, this.#lane(known))
  }

  send(participant: ParticipantName, message: ToParticipant): void {
    this.#lanes.get(participant)?.send(message)
  }

  whenSent(participant: ParticipantName, run: () => void): void {
    const lane = this.#lanes.get(participant)
    if (lane === undefined) run()
    else lane.whenSent(run)
  }

  queued(participant: ParticipantName): number {
    return this.#lanes.get(participant)?.queued ?? 0
  }

  unhandledSince(participant: ParticipantName): Instant | undefined {
    return this.#lanes.get(participant)?.unhandledSince
  }

  close(): void {
    for (const lane of this.#lanes.values()) lane.close()
  }

  /** `to`: the database that answers. What was seen of another one is not said to it. */
  header(known: Known | undefined, to: StorageId | undefined): CoordinatorHeader {
    const coordinator = this.#open
    const { log, watermark, clock } = coordinator
    return {
      logId: log.logId,
      epoch: log.epoch,
      recordSequence: coordinator.recordSequenceFor(known),
      seenRecordSequence: known !== undefined && known.facts.storageId === to ? known.durableSeen : 0,
      watermark: watermark.current,
      address: this.#address,
      sentAt: Instant(clock.now()),
    }
  }

  get #open(): Coordinator {
    if (this.#coordinator === undefined) throw new Error('the lanes are not open yet')
    return this.#coordinator
  }

  #lane(known: Known): ReturnType<LaneMaker> {
    const coordinator = this.#open
    const { participant } = known.facts
    return this.#makeLane(
      known.facts.address,
      {
        header: (to) => this.header(known, to),
        onConnected: ({ header, operations, protocols }) => {
          if (header.participant !== participant) {
            known.lastError = `a participant named '${header.participant}' answers at ${known.facts.address}`
            this.#logger.warn({ participant }, known.lastError)
            return false
          }
          if (!coordinator.heard(known, header)) return false
          coordinator.directory.describe(known, operations, protocols)
          this.#logger.info({ participant, address: known.facts.address }, 'participant connected')
          coordinator.connected(known)
          return true
        },
        onMessages: (header, messages) => {
          if (!coordinator.heard(known, header)) return false
          for (const message of messages) coordinator.received(participant, header, message)
          return true
        },
        onDisconnected: (error) => {
          if (known.isConnected) this.#logger.warn({ participant, error: error.message }, 'participant lost')
          known.isConnected = false
          known.lastError = error.message
        },
      },
      coordinator,
    )
  }
}
