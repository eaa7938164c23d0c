// What the compiler must accept and refuse. Nothing here is run: building the test is the test.

import { expect, test } from '@jest/globals'
import { branch, type Coordinator, type EndedOutcome, type Protocol, resultOf } from '../../client/index.ts'
import { orders, payments, warehouse } from './shop.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const claim = <Claim extends true>(): Claim | undefined => undefined

async function accepted(coordinator: Coordinator): Promise<void> {
  const submitted = await coordinator.submit({
    branches: [branch(orders.place, { sku: 'A-1' }), branch(payments.check, undefined)],
  })
  claim<Equal<typeof submitted, EndedOutcome<[{ sku: string }, string]>>>()
  if (submitted.outcome === 'committed') {
    claim<Equal<(typeof submitted.results)[1], string>>()
    // @ts-expect-error there are two branches
    String(submitted.results[2])
  }
  // @ts-expect-error only a committed outcome has typed results
  String(submitted.results[0].sku)

  const transacted = await coordinator.transact({}, (transaction) => transaction.call(orders.place, { sku: 'A-1' }))
  if (transacted.outcome === 'committed') {
    claim<Equal<typeof transacted.value, { sku: string } | undefined>>()
    if (!transacted.replayed) claim<Equal<typeof transacted.value, { sku: string }>>()
  }
  if (transacted.outcome === 'aborted') claim<Equal<typeof transacted.reason.code, string>>()
}

async function acceptedInSagas(coordinator: Coordinator): Promise<void> {
  const open = branch(warehouse.open, { sku: 'A-1' })
  const opened = resultOf(open)
  const { orderId } = opened
  const reserve = branch(warehouse.reserve, { orderId, quantity: 2, note: opened.note })
  const pack = branch(
    warehouse.pack,
    { lines: [{ id: opened.lines[0]!.id, quantity: opened.pair[1] }], at: opened.pair[0] },
    { after: [reserve, open], retriable: true, retry: { firstMs: 10, maxMs: 100 } },
  )
  branch(warehouse.count, resultOf(branch(warehouse.count, 7)), { pivot: true, retry: { tries: 3 } })
  branch(orders.place, resultOf(branch(orders.place, { sku: 'A-1' })))
  const submitted = await coordinator.submit({ protocol: 'saga', branches: [open, reserve, pack] })
  if (submitted.outcome === 'committed') {
    claim<Equal<(typeof submitted.results)['length'], 3>>()
    claim<Equal<(typeof submitted.results)[1], { reservationId: string }>>()
    claim<Equal<(typeof submitted.results)[0]['orderId'], string>>()
  }
  if (submitted.outcome === 'aborted') claim<Equal<typeof submitted.applied, boolean>>()
  const protocol: Protocol = 'three-phase'
  const transaction = await coordinator.begin({ protocol })
  await transaction.call(warehouse.count, 1, { pivot: true, retry: { tries: 3 } })
  await transaction.call(warehouse.count, 2, { retriable: true, signal: AbortSignal.timeout(5) })
}

async function refusedInSagas(coordinator: Coordinator): Promise<void> {
  const open = branch(warehouse.open, { sku: 'A-1' })
  const opened = resultOf(open)
  // @ts-expect-error the result has no such property
  branch(warehouse.reserve, { orderId: opened.order, quantity: 2 })
  // @ts-expect-error a list does not fit a text
  branch(warehouse.reserve, { orderId: opened.lines, quantity: 2 })
  // @ts-expect-error a text does not fit a number
  branch(warehouse.reserve, { orderId: opened.orderId, quantity: opened.orderId })
  // @ts-expect-error a value that may be missing does not fit where there has to be one
  branch(warehouse.reserve, { orderId: opened.note, quantity: 2 })
  // @ts-expect-error quantity is missing
  branch(warehouse.reserve, { orderId: opened.orderId })
  // @ts-expect-error there is no such input
  branch(warehouse.reserve, { orderId: opened.orderId, quantity: 2, colour: 'red' })
  // @ts-expect-error a reference is not the value
  opened.orderId.toUpperCase()
  // @ts-expect-error the list is not there yet
  opened.lines.map((line) => line)
  // @ts-expect-error nor is its length
  String(opened.lines.length)
  // @ts-expect-error the pair has two items
  String(opened.pair[2])
  // @ts-expect-error the pivot or after it, not both
  branch(warehouse.count, 1, { pivot: true, retriable: true })
  // @ts-expect-error it is tried without end
  branch(warehouse.count, 1, { retriable: true, retry: { tries: 3 } })
  // @ts-expect-error branches, not their numbers
  branch(warehouse.count, 1, { after: [1] })
  const transaction = await coordinator.begin({ protocol: 'saga' })
  // @ts-expect-error whoever calls has the value
  await transaction.call(warehouse.reserve, { orderId: opened.orderId, quantity: 2 })
  // @ts-expect-error a call comes after every branch that has said yes
  await transaction.call(warehouse.count, 1, { after: [open] })
}

async function refused(coordinator: Coordinator): Promise<void> {
  // @ts-expect-error sku is missing
  branch(orders.place, {})
  // @ts-expect-error cents is a number
  branch(payments.authorize, { cents: '42' })
  // @ts-expect-error there is no such operation
  branch(orders.cancel, {})
  // @ts-expect-error a branch is made by branch()
  await coordinator.submit({ branches: [orders.place] })
  // @ts-expect-error there is no such protocol
  await coordinator.submit({ protocol: 'four-phase', branches: [] })
  // @ts-expect-error a key needs transact or submit, which can give the recorded results
  const transaction = await coordinator.begin({ idempotencyKey: 'order-1' })
  // @ts-expect-error sku is a string
  await transaction.call(orders.place, { sku: 1 })
  const { sku } = await transaction.call(orders.place, { sku: 'A-1' })
  // @ts-expect-error sku is a string
  sku satisfies number
  // @ts-expect-error not a moment to wait for
  await transaction.commit({ waitFor: 'never' })
}

test('the examples above compile', () => {
  expect([accepted, acceptedInSagas, refused, refusedInSagas]).toHaveLength(4)
})
