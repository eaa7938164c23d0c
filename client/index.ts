// The public face of client/: start transactions, and find out what became of them.

export type { Contract, Decision, Operation, Protocol, Reason, SagaRole, TransactionId } from '../protocol/index.ts'
export { contract, operation } from '../protocol/index.ts'
export { type ErrorCode, TransactionError, type WaitFor } from '../wire/index.ts'
export { Aborted } from './aborted.ts'
export { type Branch, type BranchOptions, type BranchPlan, branch, type Results } from './branch.ts'
export { type Coordinator, connect } from './connect.ts'
export type {
  BeginOptions,
  CallOptions,
  Cancellable,
  CommitOptions,
  ConnectOptions,
  RetryOptions,
  SubmitOptions,
  TransactOptions,
} from './options.ts'
export type {
  AbortedOutcome,
  CallResult,
  CommittedOutcome,
  ContradictedOutcome,
  EndedOutcome,
  InProgress,
  KnownOutcome,
} from './outcome.ts'
export { type ResultReference, resultOf, type WithReferences } from './result-of.ts'
export type { BranchRetry, RoleOptions } from './saga-role.ts'
export type { TransactFunction, TransactOutcome } from './transact.ts'
export type { Transaction } from './transaction.ts'
export type { TransactionEvent } from './watch.ts'
