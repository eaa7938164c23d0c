// Runs the functions of an operation and turns whatever they do into a value: a vote, or "it threw".
//
// Owns: input checks, refusals, read-only answers, unwinding for locks, promises and exceptions.
// Does not own: the savepoint around the run, when a function is run, what is answered.
//
// O1 A function never leaves by an exception, but for a failure of the disk, which is nobody's vote.
// O2 A prepare that once had to wait for a lock, or was refused one, comes to that, whatever it caught or did afterwards.
// O3 A promise is never awaited: its work is rolled back, and the operation is not run again by this process.
// O4 What is not a yes or read-only has changed nothing: the caller rolls the savepoint back.

import { type Prepare, type PreparedBranch, type participantSide, type Reason, reason } from '../protocol/index.ts'
import {
  type AnyOperation,
  type BusinessDatabase,
  type OperationContext,
  type PrepareContext,
  ReadOnly,
  Refusal,
} from './definitions.ts'
import type { Logger } from './environment.ts'
import type { LockAnswer } from './locks.ts'
import { issuePath } from './standard-schema.ts'
import { isStoreFailure } from './store.ts'

type Prepared = participantSide.Prepared
type Applied = participantSide.Applied

export interface OperationLimits {
  readonly payloadBytesMax: number
  readonly locksPerBranchMax: number
}

/** Asks the lock table on behalf of the running branch. */
export interface BranchLocks {
  acquire(key: string): LockAnswer
  held(): readonly string[]
}

/** Thrown by `lock` to leave prepare; only what the run remembers counts (O2). */
class Unwound extends Error {
  override readonly name = 'Unwound'
}

export class Operations {
  readonly #definitions: ReadonlyMap<string, AnyOperation>
  readonly #limits: OperationLimits
  readonly #logger: Logger
  readonly #promised = new Set<string>()

  constructor(definitions: Readonly<Record<string, AnyOperation>>, limits: OperationLimits, logger: Logger) {
    this.#definitions = new Map(Object.entries(definitions))
    this.#limits = limits
    this.#logger = logger
  }

  get names(): string[] {
    return [...this.#definitions.keys()]
  }

  prepare(db: BusinessDatabase, request: Prepare, locks: BranchLocks): Prepared {
    const { operation: name } = request
    const operation = this.#definitions.get(name)
    if (operation === undefined) return no(reason('OPERATION_UNKNOWN', `no operation '${name}' here`), name)
    if (this.#promised.has(name)) return no(reason('OPERATION_FAILED', promiseSentence(name)), name)
    if (isLonger(request.input, this.#limits.payloadBytesMax)) {
      return no(reason('INPUT_INVALID', `the input is longer than ${this.#limits.payloadBytesMax} bytes`), name)
    }
    const checked = checkInput(operation, request.input)
    if (!checked.ok) return no(checked.reason, name)
    const run = new PrepareRun(locks, this.#limits.locksPerBranchMax)
    // Written out: a spread would cost as much as the rest of it.
    const { transactionId, branch, protocol, traceParent } = request
    const lock = (key: string): void => run.lock(key)
    const context: PrepareContext = { db, transactionId, branch, protocol, traceParent, lock }
    try {
      const returned: unknown = operation.prepare(context, checked.input)
      if (run.ending !== undefined) return run.ending
      if (isPromise(returned)) return this.#refusePromise(name, returned)
      return this.#voteFor(name, returned, locks.held())
    } catch (error) {
      if (isStoreFailure(error)) throw error
      if (run.ending !== undefined) return run.ending
      if (error instanceof Refusal) return no(error.reason, name)
      return no(reason('OPERATION_FAILED', `operation ${name} threw: ${messageOf(error)}`), name)
    } finally {
      run.close()
    }
  }

  /** Whether the operation leaves this function out, so that there is nothing to run. */
  doesNothing(which: 'commit' | 'abort', branch: PreparedBranch): boolean {
    const operation = this.#definitions.get(branch.operation)
    return operation !== undefined && operation[which] === undefined
  }

  /** Runs commit or abort. The input is checked again, because the functions were promised what the schema returns. */
  apply(db: BusinessDatabase, which: 'commit' | 'abort', branch: PreparedBranch): Applied {
    const { operation: name } = branch
    const operation = this.#definitions.get(name)
    if (operation === undefined) return threw(`this version of the service has no operation '${name}'`)
    if (operation[which] === undefined) return { applied: 'ok' }
    const checked = checkInput(operation, branch.input)
    if (!checked.ok) return threw(`the input recorded at prepare no longer fits the schema: ${checked.reason.message}`)
    try {
      const result: unknown = branch.result === '' ? undefined : JSON.parse(branch.result)
      const returned: unknown = operation[which](contextOf(db, branch), { input: checked.input, result })
      if (!isPromise(returned)) return { applied: 'ok' }
      ignore(returned)
      return threw(promiseSentence(name))
    } catch (error) {
      if (isStoreFailure(error)) throw error
      return threw(messageOf(error))
    }
  }

  #voteFor(name: string, returned: unknown, locks: readonly string[]): Prepared {
    const isReadOnly = returned instanceof ReadOnly
    const text = toJson(isReadOnly ? returned.result : returned)
    if (text === undefined) return no(reason('OPERATION_FAILED', `operation ${name} returned what is not JSON`), name)
    if (isLonger(text, this.#limits.payloadBytesMax)) {
      const limit = `operation ${name} returned more than ${this.#limits.payloadBytesMax} bytes`
      return no(reason('OPERATION_FAILED', limit), name)
    }
    return isReadOnly ? { prepared: 'read-only', result: text } : { prepared: 'yes', result: text, locks }
  }

  #refusePromise(name: string, promise: PromiseLike<unknown>): Prepared {
    // What stands behind its first await would run outside any local transaction; once is enough (O3).
    this.#promised.add(name)
    ignore(promise)
    this.#logger.error({ code: 'OPERATION_ASYNC', operation: name }, promiseSentence(name))
    return no(reason('OPERATION_FAILED', promiseSentence(name)), name)
  }
}

/** One run of one prepare: remembers how the locks ended it. */
class PrepareRun {
  readonly #locks: BranchLocks
  readonly #locksMax: number
  #isOpen = true
  ending: Prepared | undefined

  constructor(locks: BranchLocks, locksMax: number) {
    this.#locks = locks
    this.#locksMax = locksMax
  }

  lock(key: string): void {
    if (!this.#isOpen) throw new Error('lock was called after prepare had returned')
    if (this.ending !== undefined) throw new Unwound('prepare goes on although a lock has ended it')
    if (typeof key !== 'string' || key.length === 0 || key.length > 512) {
      throw new TypeError('a lock key is a text of 1 to 512 characters')
    }
    const answer = this.#locks.acquire(key)
    if (answer === 'wait') this.ending = { prepared: 'must-wait' }
    if (answer === 'refused') {
      const because = reason('LOCK_CONFLICT', `an older transaction, or too many, want the lock '${key}'`)
      this.ending = { prepared: 'no', reason: because }
    }
    if (this.ending !== undefined) throw new Unwound(`prepare is unwound: the lock '${key}' is taken`)
    if (this.#locks.held().length > this.#locksMax) throw new Error(`more than ${this.#locksMax} locks for one branch`)
  }

  close(): void {
    this.#isOpen = false
  }
}

type CheckedInput = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly reason: Reason }

function checkInput(operation: AnyOperation, text: string): CheckedInput {
  let value: unknown
  try {
    value = text === '' ? undefined : JSON.parse(text)
  } catch {
    return { ok: false, reason: reason('INPUT_INVALID', 'the input is not JSON') }
  }
  if (operation.input === undefined) return { ok: true, input: value }
  try {
    const checked = operation.input['~standard'].validate(value)
    if (isPromise(checked)) {
      ignore(checked)
      return {
        ok: false,
        reason: reason('OPERATION_FAILED', 'the input schema is asynchronous; it must be synchronous'),
      }
    }
    const [issue] = checked.issues ?? []
    if (issue === undefined && 'value' in checked) return { ok: true, input: checked.value }
    const path = issue === undefined ? '' : issuePath(issue)
    const message = `${path === '' ? 'input' : path}: ${issue?.message ?? 'does not fit the schema'}`
    return { ok: false, reason: reason('INPUT_INVALID', message, { path }) }
  } catch (error) {
    return { ok: false, reason: reason('OPERATION_FAILED', `the input schema threw: ${messageOf(error)}`) }
  }
}

type ContextFacts = Omit<OperationContext, 'db'>

const contextOf = (db: BusinessDatabase, facts: ContextFacts): OperationContext => ({
  db,
  transactionId: facts.transactionId,
  branch: facts.branch,
  protocol: facts.protocol,
  traceParent: facts.traceParent,
})

const no = (because: Reason, operation: string): Prepared => ({ prepared: 'no', reason: { ...because, operation } })
const threw = (error: string): Applied => ({ applied: 'threw', error })

const promiseSentence = (operation: string): string =>
  `operation ${operation} returned a promise; operations run inside a local transaction and must be synchronous`

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** In bytes of UTF-8: a character has at most three for each unit of its length. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && (text.length > bytes || Buffer.byteLength(text) > bytes)

/** Its rejection must not end the process: the vote has said what was wrong. */
function ignore(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => undefined)
}

/** JSON text, empty for `undefined`; nothing for what JSON cannot hold. */
function toJson(value: unknown): string | undefined {
  if (value === undefined) return ''
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** By shape: errors of better-sqlite3 are not instances of Error in every test process. */
function messageOf(error: unknown): string {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>
  const text = typeof message === 'string' ? message : String(error)
  return typeof code === 'string' ? `${code}: ${text}` : text
}
