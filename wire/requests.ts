// What a client may ask in a session, with what answers it, in the form of the .proto files.

import type { AbortTransactionRequest } from './generated/concordat/v1/AbortTransactionRequest.ts'
import type { BeginRequest } from './generated/concordat/v1/BeginRequest.ts'
import type { BeginResponse } from './generated/concordat/v1/BeginResponse.ts'
import type { CallRequest } from './generated/concordat/v1/CallRequest.ts'
import type { CallResponse } from './generated/concordat/v1/CallResponse.ts'
import type { ClientRequest } from './generated/concordat/v1/ClientRequest.ts'
import type { ClientResponse } from './generated/concordat/v1/ClientResponse.ts'
import type { CommitTransactionRequest } from './generated/concordat/v1/CommitTransactionRequest.ts'
import type { GetRequest } from './generated/concordat/v1/GetRequest.ts'
import type { HelloRequest } from './generated/concordat/v1/HelloRequest.ts'
import type { HelloResponse } from './generated/concordat/v1/HelloResponse.ts'
import type { SubmitRequest } from './generated/concordat/v1/SubmitRequest.ts'
import type { TransactionOutcome } from './generated/concordat/v1/TransactionOutcome.ts'

/** What may be asked in a session, with what answers it. The codec translates both. */
export interface Requests {
  readonly hello: { readonly request: HelloRequest; readonly response: HelloResponse }
  readonly submit: { readonly request: SubmitRequest; readonly response: TransactionOutcome }
  readonly begin: { readonly request: BeginRequest; readonly response: BeginResponse }
  readonly call: { readonly request: CallRequest; readonly response: CallResponse }
  readonly commit: { readonly request: CommitTransactionRequest; readonly response: TransactionOutcome }
  readonly abort: { readonly request: AbortTransactionRequest; readonly response: TransactionOutcome }
  readonly get: { readonly request: GetRequest; readonly response: TransactionOutcome }
}
export type RequestKind = keyof Requests

/** The field of ClientResponse that holds the answer. */
export const answerFields = {
  hello: 'hello',
  submit: 'outcome',
  begin: 'begin',
  call: 'call',
  commit: 'outcome',
  abort: 'outcome',
  get: 'outcome',
} as const satisfies Record<RequestKind, keyof ClientResponse>
export const requestKinds = Object.keys(answerFields) as RequestKind[]

/** Protobufjs gives a Long. A number above 2^53 finds nobody who waits for it. */
export function requestNumber(request: ClientRequest['request'] | null): number {
  if (typeof request === 'object' && request !== null) return request.high * 0x1_0000_0000 + (request.low >>> 0)
  return Number(request ?? 0)
}
