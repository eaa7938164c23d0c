// The business of the simulated services: accounts between which money moves. It notices by itself when an operation runs
// twice, out of order, or beside another one under the same lock.
//
// B1 Money is neither made nor lost: what leaves one account arrives in another, or comes back.
// B2 Each branch's work takes effect once, and is committed or taken back once.

import { type AnyOperation, readOnly, refuse } from '../participant/definitions.ts'
import type { History } from './history.ts'
import type { SagaJudge } from './judge-sagas.ts'
import type { Get, Put } from './store-disk.ts'

export interface Move {
  readonly account: number
  readonly amount: number
  readonly locks: boolean
  /** What becomes of its prepare. */
  readonly fate: 'ok' | 'refuse' | 'throw' | 'poison'
  /** In a saga: the balance that an earlier branch has found, brought here by a reference. */
  readonly note?: number | null
}

/** What was done for one branch. */
export interface Effect {
  readonly account: number
  readonly amount: number
  readonly prepared: number
  readonly committed: number
  readonly aborted: number
}

interface Holder {
  readonly by: string
  readonly count: number
}

export const openingBalance = 100

export class Ledger {
  readonly put: Put
  readonly get: Get

  constructor(put: Put, get: Get) {
    this.put = put
    this.get = get
  }

  balance(account: number): number {
    return (this.get(`account/${account}`) as number | undefined) ?? openingBalance
  }

  effect(branch: string): Effect | undefined {
    return this.get(`effect/${branch}`) as Effect | undefined
  }

  /** Who has changed this account under its lock, in that order. */
  append(account: number, transactionId: string): void {
    const list = this.list(account)
    if (list.at(-1) !== transactionId) this.put(`${listPrefix}${account}`, [...list, transactionId])
  }

  list(account: number): readonly string[] {
    return (this.get(`${listPrefix}${account}`) as readonly string[] | undefined) ?? []
  }

  holder(account: number): Holder | undefined {
    return this.get(`holder/${account}`) as Holder | undefined
  }
}

export const effectPrefix = 'effect/'
export const holderPrefix = 'holder/'
const listPrefix = 'list/'

interface Context {
  readonly db: unknown
  readonly transactionId: string
  readonly branch: number
  readonly protocol: string
}

interface Around {
  readonly history: History
  readonly sagas: SagaJudge
  /** Whether a commit or abort, or in a saga whatever runs, fails this time. */
  readonly throwsNow: () => boolean
}

export function ledgerOperations(node: string, { history, sagas, throwsNow }: Around): Record<string, AnyOperation> {
  const of = ({ db, transactionId, branch }: Context) => ({
    ledger: db as Ledger,
    key: `${transactionId}/${branch}`,
    about: transactionId,
  })
  const count = (context: Context, move: Move, what: 'prepared' | 'committed' | 'aborted'): void => {
    const { ledger, key, about } = of(context)
    const { account, amount } = move
    const before = ledger.effect(key) ?? { account, amount, prepared: 0, committed: 0, aborted: 0 }
    const after = { ...before, [what]: before[what] + 1 }
    const open = after.prepared - after.aborted
    if (open < 0 || open > 1 || after.committed > open) {
      const sentence = `branch ${context.branch} was ${what} once too often at ${node}: ${describe(after)}`
      history.violated('EXACTLY-ONCE', sentence, about)
    }
    ledger.put(`effect/${key}`, after)
  }
  const settle = (context: Context, move: Move): void => {
    if (move.locks) release(of(context).ledger, move.account, context)
  }
  return {
    move: {
      prepare(context, move: Move) {
        const { ledger } = of(context)
        if (move.locks) {
          context.lock(`account/${move.account}`)
          if (context.protocol !== 'saga') hold(ledger, move.account, context, node, history)
        }
        if (context.protocol === 'saga') {
          if (throwsNow()) throw new Error('not now')
          sagas.runs(context.transactionId, context.branch)
          if (move.note !== undefined) sagas.refers(context.transactionId, context.branch, move.note)
        }
        if (move.fate === 'refuse') refuse('UNWANTED', 'it was asked to')
        if (move.fate === 'throw') throw new Error('no such luck')
        const balance = ledger.balance(move.account)
        if (move.amount < 0 && balance + move.amount < 0) refuse('NO_FUNDS', 'too little is left')
        count(context, move, 'prepared')
        if (move.amount < 0 || context.protocol === 'saga') {
          ledger.put(`account/${move.account}`, balance + move.amount)
        }
        if (move.fate === 'poison') ledger.put('poison', 1)
        return { balance: balance + move.amount }
      },
      commit(context, { input }: { input: Move }) {
        if (throwsNow()) throw new Error('not now')
        const { ledger } = of(context)
        count(context, input, 'committed')
        if (input.amount > 0 && context.protocol !== 'saga') {
          ledger.put(`account/${input.account}`, ledger.balance(input.account) + input.amount)
        }
        if (context.protocol !== 'saga') settle(context, input)
        if (context.protocol !== 'saga' && input.locks) ledger.append(input.account, context.transactionId)
      },
      abort(context, { input }: { input: Move }) {
        if (throwsNow()) throw new Error('not now')
        const { ledger } = of(context)
        count(context, input, 'aborted')
        if (context.protocol === 'saga') sagas.takesBack(context.transactionId, context.branch)
        if (input.amount < 0 || context.protocol === 'saga') {
          ledger.put(`account/${input.account}`, ledger.balance(input.account) - input.amount)
        }
        if (context.protocol !== 'saga') settle(context, input)
      },
    },
    look: {
      prepare: ({ db }, { account }: Move) => readOnly({ balance: (db as unknown as Ledger).balance(account) }),
    },
  }
}

/** Whoever prepares under a lock writes its name there until its outcome is known: a second name is a broken lock. */
function hold(ledger: Ledger, account: number, context: Context, node: string, history: History): void {
  const { transactionId } = context
  const holder = ledger.holder(account)
  if (holder !== undefined && holder.by !== transactionId) {
    const sentence = `account ${account} of ${node} is locked by two transactions; the other one is ${holder.by}`
    history.violated('LOCKS', sentence, transactionId)
  }
  ledger.put(`holder/${account}`, { by: transactionId, count: (holder?.count ?? 0) + 1 })
}

function release(ledger: Ledger, account: number, { transactionId }: Context): void {
  const holder = ledger.holder(account)
  if (holder === undefined || holder.by !== transactionId) return
  ledger.put(`holder/${account}`, holder.count === 1 ? undefined : { ...holder, count: holder.count - 1 })
}

export const describe = ({ prepared, committed, aborted }: Effect): string =>
  `prepared ${prepared}, committed ${committed}, aborted ${aborted} times`
