// The bare participant: inserts a prepared row and updates it on commit, one local transaction for each turn. A turn with
// votes is forced; one with commits alone runs at NORMAL and is forced by the next one or when idle, as the real one does.

import type { Database } from 'better-sqlite3'
import { openDatabase } from './database.ts'
import { kinds, type Line, type Message, serveLines } from './frames.ts'

/** As the real one's options. */
const eventsPerTurnMax = 256
const idleForceMs = 5

const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

class BareParticipant {
  readonly #db: Database
  readonly #queue: { readonly message: Message; readonly line: Line }[] = []
  readonly #statements
  #isScheduled = false
  #isFull = true
  #idle: NodeJS.Timeout | undefined
  #number = 0

  constructor(file: string) {
    const db = openDatabase(file)
    db.exec(`
      CREATE TABLE branches (
        id BLOB NOT NULL, branch INTEGER NOT NULL, state TEXT NOT NULL, log_id BLOB NOT NULL, epoch INTEGER NOT NULL,
        number INTEGER NOT NULL, started_at INTEGER NOT NULL, operation TEXT NOT NULL, trace_parent TEXT NOT NULL,
        result TEXT NOT NULL, input TEXT NOT NULL, PRIMARY KEY (id, branch)
      ) WITHOUT ROWID, STRICT;
      CREATE TABLE forces (one INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
      INSERT INTO forces VALUES (1, 0);
    `)
    this.#db = db
    this.#statements = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      prepare: db.prepare(`INSERT INTO branches VALUES (?, ?, 'prepared', ?, 1, ?, ?, ?, ?, ?, ?)`),
      decide: db.prepare(`UPDATE branches SET state = 'committed', input = '' WHERE id = ? AND branch = ?`),
      force: db.prepare('UPDATE forces SET count = count + 1'),
    }
  }

  asked(messages: readonly Message[], line: Line): void {
    for (const message of messages) this.#queue.push({ message, line })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#queue.length === 0) return
    this.#isScheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isScheduled = false
    const asked = this.#queue.splice(0, eventsPerTurnMax)
    const hasVotes = asked.some(({ message }) => message.kind === kinds.prepare)
    this.#setFull(hasVotes)
    this.#statements.begin.run()
    for (const { message } of asked) this.#write(message)
    this.#statements.commit.run()
    clearTimeout(this.#idle)
    if (!hasVotes) this.#idle = setTimeout(() => this.#force(), idleForceMs)
    for (const { message, line } of asked) {
      const { kind, id, branch, payloads } = message
      const isVote = kind === kinds.prepare
      line.send({ kind: isVote ? kinds.vote : kinds.ack, id, branch, payloads: isVote ? payloads : [] })
    }
    this.#schedule()
  }

  #write({ kind, id, branch, payloads }: Message): void {
    const { prepare, decide } = this.#statements
    if (kind === kinds.commit) {
      decide.run(id, branch)
      return
    }
    const input = JSON.parse(payloads[0] ?? '') as object
    const result = JSON.stringify(input)
    this.#number += 1
    prepare.run(id, branch, id, this.#number, Date.now(), 'work', traceParent, result, payloads[0])
  }

  #force(): void {
    this.#setFull(true)
    this.#statements.force.run()
  }

  #setFull(isFull: boolean): void {
    if (this.#isFull === isFull) return
    this.#db.pragma(`synchronous = ${isFull ? 'FULL' : 'NORMAL'}`)
    this.#isFull = isFull
  }
}

export function startBareParticipant(file: string): Promise<string> {
  const participant = new BareParticipant(file)
  return serveLines((messages, line) => participant.asked(messages, line))
}
