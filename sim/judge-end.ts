// What must hold once everything was healed and has come to rest: AC5, DUR, NOLOSS, NOGHOST, LOCKS, BANK.

import { alarmsOf, judgeLoss } from './judge-loss.ts'
import { judgeOrder } from './judge-order.ts'
import { describe, type Effect, effectPrefix, holderPrefix, Ledger, openingBalance } from './ledger.ts'
import type { ParticipantNode } from './participant-node.ts'
import type { World } from './world.ts'

export function judgeEnd(world: World): void {
  judgeLoss(world)
  // Who stopped serving waits for a person, and so do those who wait for it.
  if (world.judge.losses.isShort && alarmsOf(world).length > 0) return
  checkEnded(world)
  if (world.history.violations.length > 0 || isBlocked(world)) return
  for (const node of world.participants) checkLocks(world, node)
  checkOutcomes(world)
  checkMoney(world)
  if (!world.judge.losses.isShort && world.judge.losses.alone.size === 0) judgeOrder(world)
}

/** G3: the members have ended everything, while their coordinator stayed dead. */
export function judgeAlone({ history, participants, judge, coordinator }: World): void {
  for (const { name, running } of participants) {
    for (const { state, transactionId, branch } of running?.driver.liveBranches ?? []) {
      if (judge.losses.isTouchedByLoss(transactionId)) continue
      // A restart presumes the abort of what it has no record of, and the watermark passes it: members that were told may
      // have dropped it, and only the coordinator can still say so to the others.
      const { epoch } = state.state === 'prepared' ? state.branch.sequence : { epoch: coordinator.disk.epoch }
      const first = coordinator.disk.transactions.get(transactionId)?.first.record ?? 'aborted'
      if (epoch < coordinator.disk.epoch && first === 'aborted') continue
      const sentence = `branch ${branch} is still ${state.state} at ${name}; only the coordinator is dead`
      history.violated('G3', sentence, transactionId)
    }
  }
}

/** AC5: nothing waits any more. */
function checkEnded(world: World): void {
  const { history, coordinator, participants, clients } = world
  if (isBlocked(world)) return
  const open = coordinator.running?.coordinator.transactions
  for (const inFlight of open?.all() ?? []) {
    const { transactionId } = inFlight.facts
    history.violated(
      'AC5',
      `it is still ${inFlight.state.phase} at the coordinator, long after the last fault`,
      transactionId,
    )
  }
  for (const { name, running } of participants) {
    for (const { state, transactionId, branch } of running?.driver.liveBranches ?? []) {
      history.violated(
        'AC5',
        `branch ${branch} is still ${state.state} at ${name}, long after the last fault`,
        transactionId,
      )
    }
  }
  for (const { name, isDone } of clients) {
    if (!isDone) history.violated('AC5', `client ${name} still waits for an answer, long after the last fault`)
  }
}

/** A majority of the members of some transaction is lost for good, or was decided for by a person: nobody may end it, whatever it costs. */
function isBlocked({ coordinator, judge, settings }: World): boolean {
  if (settings.protocol !== 'three-phase' || (judge.losses.lost.size === 0 && judge.losses.alone.size === 0))
    return false
  const open = coordinator.running?.coordinator.transactions.all() ?? []
  return [...open].some(({ state }) => state.phase === 'pre-committing')
}

function checkLocks({ history }: World, { name, disk }: ParticipantNode): void {
  for (const [key, value] of disk.data) {
    if (!key.startsWith(holderPrefix)) continue
    const { by } = value as { readonly by: string }
    history.violated(
      'LOCKS',
      `${name} still holds ${key.slice(holderPrefix.length)} for a transaction that has ended`,
      by,
    )
  }
}

/** Each transaction's effects are at all of its participants, or at none; and as its clients were told. */
function checkOutcomes({ history, participants, clientJudge, work, judge }: World): void {
  const effects = new Map<string, Effect>()
  for (const { disk } of participants) {
    for (const [key, value] of disk.data) {
      if (key.startsWith(effectPrefix)) effects.set(key.slice(effectPrefix.length), value as Effect)
    }
  }
  for (const [transactionId, { moves }] of work) {
    const told = clientJudge.final.get(transactionId)?.told
    if (judge.losses.isTouchedByLoss(transactionId)) continue
    for (const { branch, participant } of moves) {
      const effect = effects.get(`${transactionId}/${branch}`)
      const isThere = effect !== undefined && effect.prepared > effect.aborted
      const found = effect === undefined ? 'nothing' : describe(effect)
      if (told === 'committed' && (!isThere || effect.committed !== 1)) {
        history.violated(
          'NOLOSS',
          `a client was told committed, and ${participant} has of branch ${branch}: ${found}`,
          transactionId,
        )
      } else if (told !== 'committed' && told !== undefined && isThere) {
        history.violated(
          'NOGHOST',
          `a client was told ${told}, and ${participant} has of branch ${branch}: ${found}`,
          transactionId,
        )
      } else if (isThere && effect.committed !== 1) {
        history.violated('AC5', `${participant} has of branch ${branch}: ${found}`, transactionId)
      }
    }
  }
}

function checkMoney({ history, participants, settings, judge }: World): void {
  if (judge.losses.isShort || judge.losses.alone.size > 0) return
  let total = 0
  for (const { disk } of participants) {
    const ledger = new Ledger(
      () => undefined,
      (key) => disk.data.get(key),
    )
    for (let account = 0; account < settings.accounts; account += 1) {
      const balance = ledger.balance(account)
      total += balance
      if (balance < 0) history.violated('BANK', `account ${account} holds ${balance}`)
    }
  }
  const expected = participants.length * settings.accounts * openingBalance
  if (total !== expected) history.violated('BANK', `all accounts together hold ${total} instead of ${expected}`)
}
