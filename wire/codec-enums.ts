// Protocols, decisions and the other words that travel as enum numbers. Numbers only: proto-loader would encode a name
// that it does not know as 0 without a word.

import type { Decision, Protocol } from '../protocol/index.ts'
import { malformed } from './decoded.ts'
import { Decision as WireDecision } from './generated/concordat/v1/Decision.ts'
import { Protocol as WireProtocol } from './generated/concordat/v1/Protocol.ts'

/** An enum field of a decoded message: a number. The generated types also allow the name. */
export type WireEnum = number | string | null | undefined

export const protocolNumbers = {
  'two-phase': WireProtocol.PROTOCOL_TWO_PHASE,
  'three-phase': WireProtocol.PROTOCOL_THREE_PHASE,
  saga: WireProtocol.PROTOCOL_SAGA,
} as const satisfies Record<Protocol, number>

export const decisionNumbers = {
  commit: WireDecision.DECISION_COMMIT,
  abort: WireDecision.DECISION_ABORT,
} as const satisfies Record<Decision, number>

/** The other direction of a table of numbers. */
export function wordsByNumber<Word extends string>(numbers: Readonly<Record<Word, number>>): ReadonlyMap<number, Word> {
  return new Map((Object.entries(numbers) as [Word, number][]).map(([word, number]) => [number, word]))
}

const protocols = wordsByNumber(protocolNumbers)
const decisions = wordsByNumber(decisionNumbers)

export function readProtocol(value: WireEnum, path: string): Protocol {
  return protocols.get(value as number) ?? malformed('PROTOCOL_UNKNOWN', path, `${value ?? 0} is not a protocol`)
}

export function readDecision(value: WireEnum, path: string): Decision {
  return decisions.get(value as number) ?? malformed('REQUEST_INVALID', path, `${value ?? 0} is not a decision`)
}
