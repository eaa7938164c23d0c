// A participant's end of a session, in place of participant/session.ts: the same promises N1 to N3.

import type { Asker } from '../participant/outbox.ts'
import type { TurnListener } from '../participant/participant.ts'
import { withAge } from '../participant/session.ts'
import type { FromParticipant, LogId } from '../protocol/index.ts'
import type { Connection } from './connection.ts'
import { type CoordinatorHeader, type FromParticipantFrame, received, type ToParticipantFrame } from './frames.ts'
import type { ParticipantNode, RunningParticipant } from './participant-node.ts'

type Tell = (frame: FromParticipantFrame, isFirst: boolean) => void

export class ParticipantSession implements Asker, TurnListener {
  readonly isUnary = false
  readonly #connection: Connection
  readonly #node: ParticipantNode
  readonly #running: RunningParticipant
  readonly #tell: Tell
  readonly #logId: LogId
  #queue: FromParticipant[] = []
  #leastDelayMs = Number.POSITIVE_INFINITY
  #appliedTurn = 0
  #announcedTurn = 0
  #mustAnnounce = false
  #isFirst = true
  #isFlushing = false

  constructor(connection: Connection, node: ParticipantNode, header: CoordinatorHeader, tell: Tell) {
    this.#connection = connection
    this.#node = node
    this.#running = node.running as RunningParticipant
    this.#tell = tell
    this.#logId = header.logId
    node.opened(connection, this)
    connection.onClose(1, () => this.#close())
    this.#running.driver.listen(this)
    this.#write([])
    if (this.#hear(header)) this.#announce()
  }

  answer(message: FromParticipant): void {
    this.#node.leaving(message)
    if (message.type === 'decision-answer' && message.answer.answer === 'applied') {
      this.#appliedTurn = Math.max(this.#appliedTurn, message.answer.turn)
    }
    this.#queue.push(message)
    this.#flushSoon()
  }

  refuse(): void {}

  handled(): void {}

  turnEnded(forcedTurn: number): void {
    if (this.#appliedTurn > this.#announcedTurn && forcedTurn > this.#announcedTurn) this.#mustAnnounce = true
    this.#flush()
  }

  received({ header, messages }: ToParticipantFrame): void {
    if (!this.#hear(header) || messages.length === 0) return
    const { process, driver, config } = this.#running
    const now = process.now()
    const delayMs = now - header.sentAt
    this.#leastDelayMs = Math.min(this.#leastDelayMs, delayMs)
    const ageMs = delayMs - this.#leastDelayMs
    const aged = messages.map((message) => {
      const read = received(message, header.sentAt, now)
      return read.type === 'prepare' ? withAge(read, ageMs, config.voteMarginMs, now) : read
    })
    driver.receive(header.logId, aged, this)
  }

  #hear(header: CoordinatorHeader): boolean {
    const refusal = this.#running.driver.hear(header)
    if (refusal === undefined) return true
    if (refusal.mustAnswer === true) {
      this.#mustAnnounce = true
      this.#flush()
    }
    this.#connection.close(1)
    this.#close()
    return false
  }

  #announce(): void {
    this.#mustAnnounce = true
    this.#flushSoon()
  }

  #flushSoon(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    this.#running.process.soon(() => {
      this.#isFlushing = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#queue.length === 0 && !this.#mustAnnounce) return
    const messages = this.#queue
    this.#queue = []
    this.#write(messages)
  }

  #write(messages: readonly FromParticipant[]): void {
    const header = this.#running.facts.header(this.#isFirst ? undefined : this.#logId)
    this.#node.says(header)
    this.#announcedTurn = header.forcedTurn
    this.#mustAnnounce = false
    const isFirst = this.#isFirst
    this.#isFirst = false
    this.#connection.write(1, () => this.#tell({ header, messages }, isFirst), messages)
  }

  #close(): void {
    this.#running.driver.unlisten(this)
    this.#node.closed(this.#connection)
  }
}
