// Disks that were lost, or overwritten by an older copy: no protocol can bring back what is gone, and none may go on as
// if nothing were missing. Somebody must be told (protocols.md 1.7): here, that is looked for at the end.

import { describe, type Effect, effectPrefix } from './ledger.ts'
import { addressKey } from './store-disk.ts'
import type { World } from './world.ts'

/** What a person would be shown: processes that stopped serving, and branches that nobody can answer for. */
export function alarmsOf({ coordinator, participants, judge }: World): string[] {
  const conditions = [...(coordinator.running?.coordinator.conditions.values() ?? [])]
  const refusals = participants.flatMap(({ name, running }) => {
    const refusal = running?.driver.refusal
    return refusal === undefined ? [] : [`${name}: ${refusal.message}`]
  })
  const { logId } = coordinator.disk
  const orphans = participants.flatMap(({ name, running }) =>
    (running?.driver.liveBranches ?? [])
      .filter(
        (branch) => judge.losses.lostLog === 'lost' && branch.logId !== logId && branch.state.state === 'prepared',
      )
      .map(({ branch }) => `${name}: branch ${branch} is in doubt, and its coordinator's log is gone`),
  )
  return [...conditions, ...refusals, ...orphans]
}

/** SILENT: what a lost database held of a committed transaction is missing, and nobody was told. */
export function judgeLoss(world: World): void {
  const { history, judge, work, participants, coordinator } = world
  if (judge.losses.isShort && !history.isExcused && alarmsOf(world).length === 0) {
    const [damage] = history.damages
    if (damage !== undefined) history.violated('SILENT', `${damage.predicate}: ${damage.sentence}`, damage.about)
  }
  if (judge.losses.lost.size === 0) return
  if (judge.losses.unnoticed.size > 0 && alarmsOf(world).length === 0) {
    history.violated(
      'SILENT',
      `${[...judge.losses.unnoticed].join(', ')} came back older than the coordinator had seen it, unnoticed`,
    )
  }
  for (const [transactionId, { moves }] of work) {
    const recorded = coordinator.disk.transactions.get(transactionId)
    if (recorded?.outcome?.outcome !== 'committed' || judge.losses.hazards.has(transactionId)) continue
    for (const { branch, participant } of moves) {
      const disk = participants.find(({ name }) => name === participant)?.disk
      if (!judge.losses.unapplied.has(addressKey({ transactionId: recorded.facts.transactionId, branch }))) continue
      const effect = disk?.data.get(`${effectPrefix}${transactionId}/${branch}`) as Effect | undefined
      if (effect?.committed === 1) continue
      const found = effect === undefined ? 'nothing' : describe(effect)
      const sentence = `it ended as committed, ${participant} has of branch ${branch}: ${found}, and nobody was told`
      history.violated('SILENT', sentence, transactionId)
    }
  }
}
