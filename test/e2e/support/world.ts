// A coordinator and three ledgers as processes, each with its own file, and what their databases say.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { freePort } from '../../../chaos/free-port.ts'
import type { Links } from '../../../chaos/links.ts'
import { branch, connect } from '../../../client/index.ts'
import { LogId, StorageId } from '../../../protocol/index.ts'
import { callUnary, decodeListAnswer, encodeList, operatorStub } from '../../../wire/index.ts'
import { ledgerContract } from './ledger.ts'
import { Child, until } from './processes.ts'

export const ledgers = { a: ledgerContract('a'), b: ledgerContract('b'), c: ledgerContract('c') }
export type LedgerName = keyof typeof ledgers

export interface Line {
  readonly transaction_id: string
  readonly account: string
  readonly amount: number
  readonly state: string
  readonly applied: number
}

/** What changes the processes from outside: the network between them, the power under them. */
export type Surroundings = Pick<Links, 'name' | 'environment'>

export class World implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'concordat-e2e-'))
  readonly #ports = new Map<string, number>()
  readonly #children = new Map<string, Child>()
  readonly #flags: readonly string[]
  /** How long a ledger that is started from now on waits for its coordinator before it asks the others; 300 ms without. */
  readonly inquiryDelaysMs: Partial<Record<LedgerName, number>> = {}
  readonly #clients: ReturnType<typeof connect>[] = []
  readonly #links: Surroundings | undefined

  constructor(flags: readonly string[], links?: Surroundings) {
    this.#flags = flags
    this.#links = links
  }

  /** Everything is up and the coordinator has reached everybody. */
  static async start(
    flags: readonly string[] = [],
    crash: Partial<Record<LedgerName | 'coordinator', string>> = {},
    participants = 3,
    links?: Surroundings,
  ): Promise<World> {
    const world = new World(flags, links)
    for (const name of ['coordinator', 'a', 'b', 'c']) {
      const port = await freePort()
      world.#ports.set(name, port)
      links?.name(`127.0.0.1:${port}`, name)
    }
    const ledgerNames = ['a', 'b', 'c'] as const
    await Promise.all([
      world.startCoordinator(crash.coordinator),
      ...ledgerNames.map((name) => world.startLedger(name, crash[name])),
    ])
    await world.everybodyIsReached(participants)
    return world
  }

  address(name: LedgerName | 'coordinator'): string {
    return `127.0.0.1:${this.#ports.get(name)}`
  }

  file(name: LedgerName | 'coordinator'): string {
    return join(this.folder, name === 'coordinator' ? 'coordinator/coordinator.db' : `${name}.db`)
  }

  async startCoordinator(crash?: string): Promise<Child> {
    const listen = ['--listen', this.address('coordinator'), '--data', join(this.folder, 'coordinator')]
    const args = ['coordinator', ...listen, '--vote-timeout-ms', '2000', '--resend-first-ms', '200', ...this.#flags]
    return this.#start('coordinator', () => new Child('cli/main.js', args, this.#environment('coordinator', crash)))
  }

  async startLedger(name: LedgerName, crash?: string): Promise<Child> {
    const args = [name, this.file(name), this.address(name), this.address('coordinator')]
    return this.#start(name, () => new Child('test/e2e/support/ledger-main.js', args, this.#environment(name, crash)))
  }

  async restartCoordinator(crash?: string): Promise<void> {
    await this.kill('coordinator')
    await this.startCoordinator(crash)
  }

  async restartLedger(name: LedgerName, crash?: string): Promise<void> {
    await this.kill(name)
    await this.startLedger(name, crash)
  }

  child(name: LedgerName | 'coordinator'): Child {
    const child = this.#children.get(name)
    if (child === undefined) throw new Error(`${name} was never started`)
    return child
  }

  async kill(name: LedgerName | 'coordinator'): Promise<void> {
    await this.child(name).signal('SIGKILL')
  }

  connect(): ReturnType<typeof connect> {
    const client = connect(this.address('coordinator'), { outcomeWaitMs: 300, connectWaitMs: 10_000 })
    this.#clients.push(client)
    return client
  }

  /** One line at each of the three, in one transaction. */
  branches(account: string, amount = 1) {
    return [
      branch(ledgers.a.add, { account, amount }),
      branch(ledgers.b.add, { account, amount }),
      branch(ledgers.c.add, { account, amount }),
    ] as const
  }

  conditions(): Promise<readonly string[]> {
    return this.list('coordinator').then(({ conditions }) => conditions)
  }

  async list(name: LedgerName | 'coordinator') {
    const stub = operatorStub(this.address(name))
    try {
      const request = encodeList({ olderThanMs: 0, includeHazards: true, pageSize: 100, pageToken: '' })
      await new Promise<void>((resolve, reject) => {
        stub.waitForReady(Date.now() + 5_000, (error) => (error === undefined ? resolve() : reject(error)))
      })
      const decoded = decodeListAnswer(await callUnary(stub, 'list', request, { timeoutMs: 5_000 }))
      if (!decoded.ok) throw new Error(decoded.error.message)
      return decoded.value
    } finally {
      stub.close()
    }
  }

  async everybodyIsReached(participants = 3): Promise<void> {
    const isSettled = (conditions: readonly string[]): boolean => conditions.length === 0
    await until('the coordinator reaches everybody', () => this.conditions().catch(() => ['no answer']), isSettled)
    await until(
      'all have registered',
      () => this.participants(),
      (names) => names.length === participants,
    )
    await until('the coordinator reaches everybody', () => this.conditions().catch(() => ['no answer']), isSettled)
  }

  /** Who is recorded with the database that its name is bound to. */
  participants(): string[] {
    return this.#read(
      this.file('coordinator'),
      (db) =>
        db.prepare("SELECT name FROM participants WHERE facts ->> 'storageId' IS NOT NULL").pluck().all() as string[],
    )
  }

  storageId(name: LedgerName): StorageId {
    const text = this.#read(this.file('coordinator'), (db) =>
      db.prepare("SELECT facts ->> 'storageId' FROM participants WHERE name = ?").pluck().get(name),
    )
    return StorageId(String(text))
  }

  logId(): LogId {
    return LogId(
      this.#read(this.file('coordinator'), (db) => String(db.prepare('SELECT log_id FROM identity').pluck().get())),
    )
  }

  lines(name: LedgerName): Line[] {
    return this.#read(
      this.file(name),
      (db) => db.prepare('SELECT * FROM lines ORDER BY transaction_id, branch').all() as Line[],
    )
  }

  /** What the operations of one ledger have done, in order; by a clock that all processes share. */
  calls(name: LedgerName): { work: string; at: number }[] {
    return this.#read(
      this.file(name),
      (db) => db.prepare('SELECT work, at FROM calls ORDER BY at').all() as { work: string; at: number }[],
    )
  }

  /** From now on the operation that fails until it is allowed succeeds. */
  allow(name: LedgerName): void {
    writeFileSync(`${this.file(name)}.allowed`, '')
  }

  /** Nothing is in doubt, no lock is left and no transaction is in flight anywhere. */
  async quiet(): Promise<void> {
    const names = ['a', 'b', 'c', 'coordinator'] as const
    await until(
      'nothing is in doubt',
      () =>
        Promise.all(
          names.map((name) =>
            this.list(name).then(
              ({ total, conditions, transactions: [first] }) => [total, ...conditions, ...(first ? [first.why] : [])],
              (error: Error) => [error.message],
            ),
          ),
        ),
      (answers) => answers.every((answer) => answer.length === 1 && answer[0] === 0),
    )
  }

  /** Which transactions are final where; throws if the ledgers differ or anything is half done. */
  agreement(names: readonly LedgerName[] = ['a', 'b', 'c']): string[] {
    const ledgers = names.map((name) => this.lines(name))
    for (const line of ledgers.flat()) {
      if (line.state !== 'final' || line.applied !== 1) throw new Error(`not final once: ${JSON.stringify(line)}`)
    }
    const ids = ledgers.map((lines) => [...new Set(lines.map((line) => line.transaction_id))].join())
    if (new Set(ids).size > 1) throw new Error(`the ledgers differ: ${ids.join(' | ')}`)
    return ids[0] === undefined || ids[0] === '' ? [] : ids[0].split(',')
  }

  /** These participants have nothing left that may go either way, whoever else is dead. */
  async settled(names: readonly LedgerName[] = ['a', 'b', 'c']): Promise<void> {
    await until(
      `nothing is in doubt at ${names.join(', ')}`,
      () =>
        Promise.all(
          names.map((name) =>
            this.list(name).then(
              ({ total, transactions: [first] }) => (total === 0 ? '' : `${name}: ${first?.why ?? ''}`),
              (error: Error) => error.message,
            ),
          ),
        ),
      (answers) => answers.every((answer) => answer === ''),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
    await Promise.all([...this.#children.values()].map((child) => child[Symbol.asyncDispose]()))
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** While a process is dead, somebody who looks for a free port may hold its own for a moment. */
  #start(name: string, start: () => Child): Promise<Child> {
    const listening = (): Promise<Child | Error> => {
      const child = start()
      this.#children.set(name, child)
      return child.listening().catch((error: Error) => {
        if (/EADDRINUSE|in use/.test(error.message)) return error
        throw error
      })
    }
    return until(`${name} has its port`, listening, (child) => child instanceof Child).then((child) => child as Child)
  }

  #environment(name: LedgerName | 'coordinator', crash: string | undefined): Record<string, string> {
    const inquiryDelayMs = name === 'coordinator' ? undefined : this.inquiryDelaysMs[name]
    return {
      ...(inquiryDelayMs === undefined ? {} : { LEDGER_INQUIRY_DELAY_MS: String(inquiryDelayMs) }),
      ...(crash === undefined ? {} : { CONCORDAT_CRASH_POINT: crash }),
      ...this.#links?.environment(name),
    }
  }

  #read<T>(file: string, read: (db: Database.Database) => T): T {
    const db = new Database(file, { readonly: true })
    try {
      return read(db)
    } finally {
      db.close()
    }
  }
}
