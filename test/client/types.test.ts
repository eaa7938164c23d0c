// What the compiler must accept and refuse. Nothing here is run: building the test is the test.

import { expect, test } from '@jest/globals'
import { branch, type Coordinator, type EndedOutcome } from '../../client/index.ts'
import { orders, payments } from './shop.ts'

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

async function refused(coordinator: Coordinator): Promise<void> {
  // @ts-expect-error sku is missing
  branch(orders.place, {})
  // @ts-expect-error cents is a number
  branch(payments.authorize, { cents: '42' })
  // @ts-expect-error there is no such operation
  branch(orders.cancel, {})
  // @ts-expect-error a branch is made by branch()
  await coordinator.submit({ branches: [orders.place] })
  // @ts-expect-error this protocol is not offered
  await coordinator.submit({ protocol: 'saga', branches: [] })
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

test('the examples above compile', () => expect([accepted, refused]).toHaveLength(2))
