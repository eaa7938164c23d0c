// The bare participant: inserts a prepared row, updates it on commit and deletes it a little later, as the real one does
// below the watermark; one local transaction for each turn, which marks one row more. A turn with votes is forced; one with
// commits alone runs at NORMAL and is forced by the next one or when idle, as the real one does.

import type { Database, Statement } from 'better-sqlite3'
import { openDatabase } from './database.ts'
import { facts, kinds, type Line, type Message, noFacts, serveLines } from './frames.ts'

/** As the real one's options. */
const eventsPerTurnMax = 256
const idleForceMs = 5
const dropsPerTurnMax = 512
/** How long the real coordinator's watermark takes to pass a transaction that has ended. */
const keptMs = 200

/** Rows of a turn that one statement takes, as the real one's. */
const rowsAtOnce = 8

/** The members of a transaction, as they stand in its row until it is decided: a list that is kept once. */
const members = '1'
const traceParent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const preparedRow = `(?, ?, 'prepared', ?, 1, ?, ?, ?, ?, ?, ?, ?)`

const times = (text: string, count: number, between: string): string => Array(count).fill(text).join(between)

/** Runs for all rows: as many at once as fit, the rest one by one. */
function ofRows(statementOf: (rows: number) => Statement<unknown[]>): (rows: readonly unknown[][]) => void {
  const [several, one] = [statementOf(rowsAtOnce), statementOf(1)]
  return (rows) => {
    let at = 0
    for (; at + rowsAtOnce <= rows.length; at += rowsAtOnce) several.run(...rows.slice(at, at + rowsAtOnce).flat())
    for (; at < rows.length; at += 1) one.run(...(rows[at] as unknown[]))
  }
}

class BareParticipant {
  readonly #db: Database
  readonly #queue: { readonly message: Message; readonly line: Line }[] = []
  readonly #statements
  #isScheduled = false
  #isFull = true
  #idle: NodeJS.Timeout | undefined
  #number = 0
  /** Oldest first; so many of them are deleted already. */
  readonly #ended: { readonly id: Uint8Array; readonly branch: number; readonly at: number }[] = []
  #droppedCount = 0

  constructor(file: string) {
    const db = openDatabase(file)
    db.exec(`
      CREATE TABLE branches (
        id BLOB NOT NULL, branch INTEGER NOT NULL, state TEXT NOT NULL, log_id BLOB NOT NULL, epoch INTEGER NOT NULL,
        number INTEGER NOT NULL, started_at INTEGER NOT NULL, operation TEXT NOT NULL, trace_parent TEXT NOT NULL,
        result TEXT NOT NULL, input TEXT NOT NULL, members TEXT NOT NULL, PRIMARY KEY (id, branch)
      ) WITHOUT ROWID, STRICT;
      CREATE TABLE forces (one INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
      INSERT INTO forces VALUES (1, 0);
      CREATE TABLE marks (one INTEGER PRIMARY KEY, turn INTEGER NOT NULL, records INTEGER NOT NULL) STRICT;
      INSERT INTO marks VALUES (1, 0, 0);
    `)
    this.#db = db
    this.#statements = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
      prepare: ofRows((rows) => db.prepare(`INSERT INTO branches VALUES ${times(preparedRow, rows, ', ')}`)),
      decide: db.prepare(
        `UPDATE branches SET state = 'committed', input = '', members = '[]' WHERE id = ? AND branch = ?`,
      ),
      drop: ofRows((rows) =>
        db.prepare(`DELETE FROM branches WHERE ${times('(id = ? AND branch = ?)', rows, ' OR ')}`),
      ),
      mark: db.prepare('UPDATE marks SET turn = turn + 1, records = records + ?'),
      force: db.prepare('UPDATE forces SET count = count + 1'),
    }
  }

  asked(messages: readonly Message[], line: Line): void {
    for (const message of messages) {
      if (message.kind === kinds.echo) line.send({ ...message, payloads: [] })
      else this.#queue.push({ message, line })
    }
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
    const hasVotes = asked.some(({ message }) => message.kind !== kinds.commit)
    this.#setFull(hasVotes)
    this.#statements.begin.run()
    this.#statements.mark.run(asked.length)
    const prepared: unknown[][] = []
    for (const { message } of asked) this.#write(message, prepared)
    this.#statements.prepare(prepared)
    this.#drop()
    this.#statements.commit.run()
    clearTimeout(this.#idle)
    if (!hasVotes) this.#idle = setTimeout(() => this.#force(), idleForceMs)
    for (const { message, line } of asked) {
      const { kind, id, branch, payloads } = message
      if (kind === kinds.prepare) line.send({ kind: kinds.vote, id, branch, payloads, facts: facts.vote })
      else if (kind === kinds.commit) line.send({ kind: kinds.ack, id, branch, payloads: [], facts: facts.ack })
      else line.send({ kind, id, branch, payloads: [], facts: noFacts })
    }
    this.#schedule()
  }

  /** What is prepared is inserted at the end of the turn, several rows at once. */
  #write({ kind, id, branch, payloads }: Message, prepared: unknown[][]): void {
    if (kind === kinds.commit) {
      this.#statements.decide.run(id, branch)
      this.#ended.push({ id, branch, at: performance.now() })
      return
    }
    // The mark of the turn is all that is forced.
    if (kind === kinds.forcedEcho) return
    const input = JSON.parse(payloads[0] ?? '') as object
    const result = JSON.stringify(input)
    this.#number += 1
    prepared.push([id, branch, id, this.#number, Date.now(), 'work', traceParent, result, payloads[0], members])
  }

  /** What ended a while ago, as far as it goes along with this turn. */
  #drop(): void {
    const before = performance.now() - keptMs
    const dropped: unknown[][] = []
    while (dropped.length < dropsPerTurnMax) {
      const oldest = this.#ended[this.#droppedCount]
      if (oldest === undefined || oldest.at > before) break
      dropped.push([oldest.id, oldest.branch])
      this.#droppedCount += 1
    }
    this.#statements.drop(dropped)
    if (this.#droppedCount < 10_000) return
    this.#ended.splice(0, this.#droppedCount)
    this.#droppedCount = 0
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
