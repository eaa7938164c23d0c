import { afterAll, afterEach } from '@jest/globals'
import { type ListenOptions, participant, type RunningParticipant, sqlite } from '../../participant/index.ts'
import {
  type Abort,
  type Commit,
  contract,
  Instant,
  operation,
  type Prepare,
  type Status,
} from '../../protocol/index.ts'
import { FakeCoordinator } from './fake-coordinator.ts'
import { branchOf, migrations, newFile, removeFiles, sequence, shopOperations } from './world.ts'

const shop = contract('shop', {
  reserve: operation<{ sku: string }, { left: number }>(),
  lock: operation<{ keys: string[] }, string[]>(),
  look: operation<void, number>(),
})

const { reserve, lock, look } = shopOperations()

function serviceOver(file: string, options: object = {}) {
  const operations = { reserve, lock, look } as never
  return participant(shop, { store: sqlite(file, { migrations }), operations, inquiryDelayMs: 100, ...options })
}

const open: { close(): unknown }[] = []
export function closing<T extends { close(): unknown }>(one: T): T {
  open.push(one)
  return one
}

/** For each test file: whatever it opened is closed after the test that opened it. */
export function closeAll(): void {
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })
  afterAll(removeFiles)
}

export async function start(
  options: object = {},
  at: Partial<ListenOptions> = {},
  file = newFile(),
): Promise<RunningParticipant> {
  return closing(await serviceOver(file, options).listen({ port: 0, ...at }))
}

export const prepare = (n: number, name: string, input: unknown, more: Partial<Prepare> = {}): Prepare => ({
  type: 'prepare',
  ...branchOf(n),
  sequence: sequence(n),
  protocol: 'two-phase',
  operation: name,
  input: JSON.stringify(input),
  startedAt: Instant(1_000 + n),
  voteBy: Instant(Date.now() + 5_000),
  onePhase: false,
  members: [],
  traceParent: '',
  attempt: 1,
  ...more,
})
export const reserveBook = (n: number, more: Partial<Prepare> = {}) => prepare(n, 'reserve', { sku: 'book' }, more)
export const commit = (n: number, running: RunningParticipant): Commit => ({
  type: 'commit',
  ...branchOf(n),
  sequence: sequence(n),
  expectedStorageId: running.identity.storageId,
})
export const abort = (n: number): Abort => ({ type: 'abort', ...branchOf(n), sequence: sequence(n) })
export const status = (n: number, more: Partial<Status> = {}): Status => ({
  type: 'status',
  ...branchOf(n),
  sequence: sequence(n),
  abortIfNone: false,
  ...more,
})

export const available = (running: RunningParticipant): unknown =>
  running.read((db) => db.prepare("SELECT available FROM stock WHERE sku = 'book'").pluck().get())

export async function startBoth(options: object = {}) {
  const coordinator = closing(await FakeCoordinator.start())
  const running = await start(options)
  return { coordinator, running }
}
