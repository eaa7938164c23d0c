// The services that the benchmarks call: three participants with the same operations.

import { contract, operation } from 'concordat/protocol'

export interface Work {
  readonly note: string
}

const operations = {
  /** Says yes and changes nothing of its own: what is left is the protocol's work. */
  work: operation<Work, Work>(),
  /** The same under one lock that everybody wants. */
  hot: operation<Work, Work>(),
  /** Says no. */
  refused: operation<Work, Work>(),
}

export const participantNames = ['first', 'second', 'third'] as const
export type ParticipantName = (typeof participantNames)[number]

export const services = {
  first: contract('first', operations),
  second: contract('second', operations),
  third: contract('third', operations),
}

/** 100 bytes of JSON, as an input and as a result. */
export const work: Work = { note: 'x'.repeat(100 - JSON.stringify({ note: '' }).length) }
