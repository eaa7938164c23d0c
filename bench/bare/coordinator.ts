// The bare coordinator: the messages, forces and rows of a two-phase commit in which nothing ever goes wrong. It keeps no
// timers, recovers nothing and checks nothing. Not a product: the limit that the real one is measured against.

import { Worker } from 'node:worker_threads'
import { facts, kinds, type Line, type Message, noFacts, openLine, serveLines } from './frames.ts'
import type { Append, LogRow } from './log-worker.ts'

interface InFlight {
  readonly message: Message
  readonly asker: Line
  readonly results: string[]
  votes: number
  acks: number
}

/** Of the length of the real ones. */
const uuid = 'bench000-0000-0000-0000-000000000000'
const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const digest = '0'.repeat(64)

class BareCoordinator {
  readonly #inFlight = new Map<string, InFlight>()
  readonly #participants: readonly Line[]
  readonly #log: Worker
  #rows: LogRow[] = []
  #decided: InFlight[] = []
  /** Turns whose force is on its way, oldest first. */
  readonly #forcing: { readonly turn: number; readonly decided: readonly InFlight[] }[] = []
  #turn = 0
  #isScheduled = false

  constructor(logFile: string, participants: readonly string[]) {
    this.#participants = participants.map((address) => openLine(address, (messages) => this.#answered(messages)))
    this.#log = new Worker(new URL('./log-worker.js', import.meta.url), { workerData: logFile })
    this.#log.on('message', (turn: number) => this.#forced(turn))
    this.#log.on('error', (error) => {
      throw error
    })
  }

  asked(messages: readonly Message[], asker: Line): void {
    for (const message of messages) {
      const { id, payloads } = message
      this.#inFlight.set(keyOf(id), { message, asker, results: [], votes: 0, acks: 0 })
      const isEcho = message.kind !== kinds.submit
      this.#participants.forEach((line, index) => {
        const kind = isEcho ? message.kind : kinds.prepare
        const more = isEcho ? noFacts : facts.prepare
        line.send({ kind, id, branch: index + 1, payloads: [payloads[index] ?? ''], facts: more })
      })
    }
  }

  #answered(messages: readonly Message[]): void {
    for (const { kind, id, branch, payloads } of messages) {
      const transaction = this.#inFlight.get(keyOf(id))
      if (transaction === undefined) throw new Error('an answer for a transaction that is not in flight')
      if (kind === kinds.vote) {
        transaction.votes += 1
        transaction.results[branch - 1] = payloads[0] ?? ''
        if (transaction.votes === this.#participants.length) this.#decide(transaction)
      } else if (kind !== kinds.ack) {
        this.#echoed(transaction)
      } else {
        transaction.acks += 1
        if (transaction.acks === this.#participants.length) this.#end(transaction)
      }
    }
  }

  /** There and back, with nothing decided or written here. */
  #echoed(transaction: InFlight): void {
    transaction.acks += 1
    if (transaction.acks < this.#participants.length) return
    const { message, asker } = transaction
    this.#inFlight.delete(keyOf(message.id))
    asker.send({ ...message, payloads: [] })
  }

  #decide(transaction: InFlight): void {
    const { message, results } = transaction
    const branches = results.map((result, index) => ({
      branch: index + 1,
      participant: `name${index + 1}`,
      operation: 'work',
      vote: 'yes',
      voter: { storageId: uuid, boot: 1 },
      result,
    }))
    const decision = { protocol: 'two-phase', timeoutAt: Date.now() + 60_000, digest, traceParent, branches }
    this.#append({ id: message.id, facts: JSON.stringify(decision) })
    this.#decided.push(transaction)
  }

  #end({ message, asker, results }: InFlight): void {
    this.#inFlight.delete(keyOf(message.id))
    this.#append({ id: message.id })
    asker.send({ kind: kinds.done, id: message.id, branch: 0, payloads: results, facts: facts.done })
  }

  #append(row: LogRow): void {
    this.#rows.push(row)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#endTurn())
  }

  #endTurn(): void {
    this.#isScheduled = false
    this.#turn += 1
    const [rows, decided] = [this.#rows, this.#decided]
    this.#rows = []
    this.#decided = []
    if (decided.length > 0) this.#forcing.push({ turn: this.#turn, decided })
    this.#log.postMessage({ turn: this.#turn, rows, force: decided.length > 0 } satisfies Append)
  }

  #forced(turn: number): void {
    for (let oldest = this.#forcing[0]; oldest !== undefined && oldest.turn <= turn; oldest = this.#forcing[0]) {
      this.#forcing.shift()
      for (const { message } of oldest.decided) {
        this.#participants.forEach((line, index) => {
          line.send({ kind: kinds.commit, id: message.id, branch: index + 1, payloads: [], facts: facts.commit })
        })
      }
    }
  }
}

const keyOf = (id: Uint8Array): string => (id as Buffer).toString('latin1')

export function startBareCoordinator(logFile: string, participants: readonly string[]): Promise<string> {
  const coordinator = new BareCoordinator(logFile, participants)
  return serveLines((messages, line) => coordinator.asked(messages, line))
}
