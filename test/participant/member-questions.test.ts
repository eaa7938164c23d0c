// How much branches in doubt ask the members of their transactions (participant/member-questions.ts).

import { expect, test } from '@jest/globals'
import { freePort } from '../../chaos/free-port.ts'
import { resolveOptions } from '../../participant/config.ts'
import { type Logger, silentLogger } from '../../participant/environment.ts'
import { MemberQuestions } from '../../participant/member-questions.ts'
import type { Participant } from '../../participant/participant.ts'
import { Boot, BranchNumber, Epoch, LogId, ParticipantName, StorageId, TransactionId } from '../../protocol/index.ts'

const logId = LogId('00000000-0000-4000-8000-00000000000a')
const asked = 1_000

/** Whatever is asked, its branch still wants to know. */
const curious = { isInDoubt: () => true, coordinators: { epochOf: () => 1 } } as unknown as Participant

test('M3: of questions that come to nothing no more are asked than a few in a time, and later some again', async () => {
  // Nobody listens there: each question that is asked fails, and says so.
  const address = `127.0.0.1:${await freePort()}`
  let failed = 0
  const logger: Logger = { ...silentLogger, debug: () => (failed += 1) }
  const questions = new MemberQuestions(resolveOptions(), logger)
  questions.attach(curious, undefined as never)
  const ask = (number: number): void => {
    const transactionId = TransactionId(`0190a0b0-0000-7000-8000-${String(number).padStart(12, '0')}`)
    const branch = BranchNumber(1)
    const storageId = StorageId('00000000-0000-4000-8000-00000000000b')
    const member = { storageId, boot: Boot(1), participant: ParticipantName('other'), address, branches: [branch] }
    const sequence = { epoch: Epoch(1), number }
    const message = { type: 'status', transactionId, branch, sequence, abortIfNone: false } as const
    questions.ask({ to: 'member', logId, about: { transactionId, branch }, sent: { to: 'member', member, message } })
  }

  for (let number = 1; number <= asked; number += 1) ask(number)
  const settled = await settledAt(() => failed)
  expect(settled).toBeGreaterThan(0)
  expect(settled).toBeLessThan(asked / 2)

  // They are not put off for ever: a branch asks again by its own timer.
  for (let number = asked; failed === settled; number += 1) {
    ask(number)
    await pause()
  }
  expect(failed).toBeGreaterThan(settled)
  questions.close()
})

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

/** What it is when it is above zero and has not grown for a while. */
async function settledAt(value: () => number): Promise<number> {
  let last = 0
  for (let same = 0; same < 5; ) {
    await pause()
    same = value() > 0 && value() === last ? same + 1 : 0
    last = value()
  }
  return last
}
