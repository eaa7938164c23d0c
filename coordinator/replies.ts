// Replies of a step, handed to those who wait for them: callers, clients that wait for the outcome, whoever just asked.

import type { BallotAnswer, coordinatorSide, InquiryAnswer } from '../protocol/index.ts'
import { ok } from './answer.ts'
import type { InFlight } from './in-flight.ts'
import { reportOf } from './reports.ts'

/** Who waits for the answer to one event. */
export interface Asked {
  readonly inquiry?: (answer: InquiryAnswer) => void
  readonly ballot?: (answer: BallotAnswer) => void
}

export function tell(inFlight: InFlight, reply: coordinatorSide.Reply, asked: Asked): void {
  switch (reply.type) {
    case 'call': {
      const callers = inFlight.calls?.get(reply.branch) ?? []
      inFlight.calls?.delete(reply.branch)
      if (inFlight.calls?.size === 0) inFlight.calls = undefined
      const { startedAt } = inFlight.facts
      const { vote } = reply
      const answer =
        vote.vote === 'no' || vote.vote === 'failed'
          ? ({ answer: 'no', reason: vote.reason, startedAt } as const)
          : ({ answer: 'result', result: vote.result, startedAt } as const)
      for (const caller of callers) caller(ok(answer))
      return
    }
    case 'decided':
    case 'applied': {
      const isFinal = reply.type === 'applied' || reply.applied
      const answered = inFlight.waiters.filter(({ waitFor }) => isFinal || waitFor === 'decided')
      if (answered.length === 0) return
      inFlight.waiters = inFlight.waiters.filter((waiter) => !answered.includes(waiter))
      const report = ok(reportOf(inFlight.facts, reply.outcome, reply.applied))
      for (const { answer } of answered) answer(report)
      return
    }
    case 'inquiry':
      asked.inquiry?.(reply.answer)
      return
    case 'ballot':
      asked.ballot?.(reply.answer)
      return
    default:
      reply satisfies never
  }
}
