// Handing messages to the network, with the crash points that stand between two of them.

import { crashPoint, hasCrashPoints } from '../log/index.ts'
import type { coordinatorSide, ParticipantName, ToParticipant } from '../protocol/index.ts'

/** Where messages go. A message may be lost without a word; `connected` says when to send again. */
export interface Network {
  send(participant: ParticipantName, message: ToParticipant): void
  /** Runs when what was sent to it has left the process; only crash points need to know. */
  whenSent(participant: ParticipantName, run: () => void): void
}

type Step = coordinatorSide.CoordinatorStep

export function sendAll(network: Network, messages: Step['messages']): void {
  if (hasCrashPoints) sendStepwise(network, messages)
  else for (const { to, message } of messages) network.send(to, message)
}

/** The first one is given time to leave before the point that comes after it. */
function sendStepwise(network: Network, messages: Step['messages']): void {
  const [first, ...others] = messages
  if (first === undefined) return
  const { to, message } = first
  const isFirstPrepare = message.type === 'prepare' && message.attempt === 1
  if (isFirstPrepare) crashPoint('coordinator.before-prepare-send')
  network.send(to, message)
  if (!isFirstPrepare && message.type !== 'commit') {
    for (const other of others) network.send(other.to, other.message)
    return
  }
  network.whenSent(to, () => {
    crashPoint(isFirstPrepare ? 'coordinator.after-first-prepare-send' : 'coordinator.after-first-commit-send')
    for (const other of others) network.send(other.to, other.message)
  })
}

export function crashBeforeAppend(before: coordinatorSide.State, step: Step): void {
  if (!hasCrashPoints) return
  if (step.records.some(({ type }) => type === 'decision')) crashPoint('coordinator.before-decision-append')
  const isEnd = step.records.some(({ type }) => type === 'end')
  if (isEnd && before.phase === 'committing') crashPoint('coordinator.after-all-acks')
}

export function crashAfterForce(step: Step): void {
  if (!hasCrashPoints || !step.force) return
  if (step.records.some(({ type }) => type === 'decision')) crashPoint('coordinator.after-decision-force')
  if (step.records.some(({ type }) => type === 'delegated')) crashPoint('coordinator.after-delegated-force')
}
