// Records of branches as rows of `concordat_branches`: how many statements they take. Inside the local transaction of a turn.
//
// Q4 Prepared rows of a turn wait for each other, to be written several at once, before any other row but a commit that
//    finds its own: of one branch nothing comes before its `prepared` in a turn, so that whatever comes after finds it.

import {
  type BranchAddress,
  invariant,
  type LogId,
  type ParticipantRecord,
  type PreparedBranch,
} from '../protocol/index.ts'
import {
  bindAddress,
  bindUsual,
  boundId,
  idBytes,
  isUsual,
  pledgeValues,
  preparedValues,
  rowValues,
} from './branch-rows.ts'
import type { BusinessDatabase } from './definitions.ts'
import type { MemberLists } from './sqlite-member-lists.ts'
import { type Bind, RowsStatement } from './sqlite-rows.ts'
import { dropBranches, prepareUsual, type Statements } from './sqlite-schema.ts'

interface PreparedRow {
  readonly logId: Buffer
  readonly branch: PreparedBranch
}

export class BranchTable {
  readonly #statements: Statements['branch']
  readonly #memberLists: MemberLists
  readonly #prepareUsual: RowsStatement<PreparedRow>
  readonly #drop: RowsStatement<BranchAddress>
  readonly #logIds = new Map<LogId, Buffer>()
  /** Still to be written in this turn (Q4). */
  #prepared: PreparedRow[] = []

  constructor(db: BusinessDatabase, statements: Statements['branch'], memberLists: MemberLists) {
    this.#statements = statements
    this.#memberLists = memberLists
    const bind: Bind<PreparedRow> = (values, { logId, branch }, id) => bindUsual(values, logId, branch, memberLists, id)
    this.#prepareUsual = new RowsStatement(db, prepareUsual, bind)
    this.#drop = new RowsStatement(db, dropBranches, bindAddress)
  }

  append(log: LogId, record: ParticipantRecord): void {
    const logId = this.#logIdBytes(log)
    if (record.type === 'prepared' && isUsual(record.branch)) {
      this.#prepared.push({ logId, branch: record.branch })
      return
    }
    if (record.type === 'committed' && this.#commit(record.branch)) return
    this.flush()
    switch (record.type) {
      case 'prepared':
        this.#statements.prepare.run(...preparedValues(logId, record.branch, this.#memberLists))
        return
      case 'pledged': {
        const { changes } = this.#statements.pledge.run(...pledgeValues(record.branch, this.#memberLists))
        invariant(changes === 1, 'a pledge changes a prepared branch')
        return
      }
      case 'committed':
        // It was prepared in this very turn, or never: one-phase.
        if (this.#commit(record.branch)) return
        this.#statements.upsert.run(...rowValues(logId, record))
        return
      default:
        this.#statements.upsert.run(...rowValues(logId, record))
    }
  }

  forget({ transactionId, branch }: BranchAddress): void {
    this.flush()
    this.#statements.forget.run(boundId(transactionId), branch)
  }

  drop(addresses: readonly BranchAddress[]): void {
    this.flush()
    this.#drop.run(addresses)
  }

  /** Writes what waits; the turn is about to be committed. */
  flush(): void {
    if (this.#prepared.length === 0) return
    this.#prepareUsual.run(this.#prepared)
    this.#prepared = []
  }

  /** The turn was rolled back. */
  undo(): void {
    this.#prepared = []
  }

  /** In place. False: the branch has no row, or none yet. */
  #commit({ transactionId, branch }: BranchAddress): boolean {
    return this.#statements.commit.run(boundId(transactionId), branch).changes === 1
  }

  #logIdBytes(logId: LogId): Buffer {
    const known = this.#logIds.get(logId)
    if (known !== undefined) return known
    const bytes = idBytes(logId)
    this.#logIds.set(logId, bytes)
    return bytes
  }
}
