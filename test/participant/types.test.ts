// What the compiler refuses, and what it infers; `tsc -b` is the test, and running it only shows that it is there.

import { afterAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { participant, readOnly, refuse, sqlite } from '../../participant/index.ts'
import { contract, operation } from '../../protocol/index.ts'
import { newFile, removeFiles } from './world.ts'

afterAll(removeFiles)

const inventory = contract('inventory', {
  reserve: operation<{ sku: string; quantity: number }, { reservationId: string }>(),
  look: operation<{ sku: string }, number>(),
  touch: operation<void>(),
})

const reserve = {
  input: z.object({ sku: z.string(), quantity: z.number() }),
  prepare: () => ({ reservationId: 'r' }),
}
const look = { prepare: () => readOnly(1) }
const touch = { prepare: () => undefined }

test('a service that fits its contract compiles, with its types inferred', () => {
  participant(inventory, {
    store: sqlite(newFile()),
    lockWaitMs: 100,
    operations: {
      reserve: {
        input: z.object({ sku: z.string(), quantity: z.number().default(1) }),
        prepare({ db, lock, transactionId, branch }, { sku, quantity }) {
          lock(sku)
          const left: number = quantity
          if (left > 3) refuse('TOO_MANY', `${left}`)
          db.prepare('SELECT 1').get()
          return { reservationId: `${transactionId}/${branch}` }
        },
        commit(_context, { input, result }) {
          const sku: string = input.sku
          const id: string = result.reservationId
          return void [sku, id]
        },
      },
      look: { prepare: (_context, { sku }) => (sku === '' ? refuse('EMPTY', 'no sku') : readOnly(sku.length)) },
      touch: { prepare() {} },
    },
  })
})

test('the compiler refuses what does not fit', () => {
  const make = (build: () => unknown) => expect(build).toBeDefined()
  const store = sqlite(newFile())
  // @ts-expect-error an operation is missing
  make(() => participant(inventory, { store, operations: { reserve, look } }))
  // @ts-expect-error the result is another one
  make(() => participant(inventory, { store, operations: { reserve: { prepare: () => 7 }, look, touch } }))
  // @ts-expect-error a promise is no result
  make(() => participant(inventory, { store, operations: { reserve, look: { prepare: async () => 1 }, touch } }))
  // @ts-expect-error the schema gives another input than the contract promises
  make(() => participant(inventory, { store, operations: { reserve: { ...reserve, input: z.string() }, look, touch } }))
  make(() =>
    participant(inventory, {
      store,
      operations: {
        // @ts-expect-error the contract's input has no such field
        reserve: { ...reserve, prepare: (_context, { colour }) => ({ reservationId: colour }) },
        look,
        touch,
      },
    }),
  )
  // @ts-expect-error there is no such option
  make(() => participant(inventory, { store, operations: { reserve, look, touch }, lockWait: 3 }))
})

test('and what slips through is refused at run time', () => {
  const store = sqlite(newFile())
  const operations = { reserve, look } as never
  expect(() => participant(inventory, { store, operations })).toThrow('without a definition: touch')
  const more = { reserve, look, touch, drop: touch } as never
  expect(() => participant(inventory, { store, operations: more })).toThrow('not in the contract: drop')
  const fine = { reserve, look, touch }
  expect(() => participant(inventory, { store, operations: fine, lockWaitMs: -1 })).toThrow("option 'lockWaitMs' is -1")
  const wrong = { store, operations: fine, lockWait: 3 } as never
  expect(() => participant(inventory, wrong)).toThrow("there is no option 'lockWait'")
})
