// Handing messages to the network, with the crash points that stand around records and between two messages.

import { type CrashPoint, crashPoint, crashPoints, hasCrashPoints } from '../log/index.ts'
import type { coordinatorSide, Instant, ParticipantName, ToParticipant } from '../protocol/index.ts'

/** Where messages go. A message may be lost without a word; `connected` says when to send again. */
export interface Network {
  send(participant: ParticipantName, message: ToParticipant): void
  /** How many messages to it have not left yet. */
  queued(participant: ParticipantName): number
  /** When the oldest message was sent that it has still to handle; undefined: none, as far as is known. */
  unhandledSince(participant: ParticipantName): Instant | undefined
  /** Runs when what was sent to it has left the process; only crash points need to know. */
  whenSent(participant: ParticipantName, run: () => void): void
}

type Step = coordinatorSide.CoordinatorStep

export function sendAll(network: Network, messages: Step['messages']): void {
  if (hasCrashPoints) sendStepwise(network, messages)
  else for (const { to, message } of messages) network.send(to, message)
}

/** The first one is given time to leave before the point that comes after it, and all before the last point. */
function sendStepwise(network: Network, messages: Step['messages']): void {
  const [first, ...others] = messages
  if (first === undefined) return
  const { to, message } = first
  const last = others.at(-1)?.to ?? to
  crashPoint(`coordinator.before-${message.type}-send`)
  network.send(to, message)
  network.whenSent(to, () => {
    crashPoint(`coordinator.after-first-${message.type}-send`)
    for (const other of others) network.send(other.to, other.message)
    network.whenSent(last, () => crashPoint(`coordinator.after-every-${message.type}-send`))
  })
}

/** Something has arrived; nothing of it is done. */
export function crashOnArrival(what: string): void {
  if (hasCrashPoints) crashAt(`coordinator.on-${what}`)
}

export function crashBeforeAppend(before: coordinatorSide.State, step: Step): void {
  if (!hasCrashPoints) return
  for (const { type } of step.records) crashAt(`coordinator.before-${type}-append`)
  const isEnd = step.records.some(({ type }) => type === 'end')
  if (isEnd && (before.phase === 'committing' || before.phase === 'aborting')) crashPoint('coordinator.after-all-acks')
}

export function crashAfterForce(step: Step): void {
  if (!hasCrashPoints || !step.force) return
  for (const { type } of step.records) crashAt(`coordinator.after-${type}-force`)
}

/** Not every record and message has points. */
function crashAt(name: string): void {
  if (Object.hasOwn(crashPoints, name)) crashPoint(name as CrashPoint)
}
