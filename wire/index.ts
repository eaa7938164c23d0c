// The public face of wire/: proto in protocol's words, errors, sessions and channels.

export { checkAddress } from './address.ts'
export {
  channelOptions,
  clientCredentials,
  closeServer,
  coordinatorStub,
  createServer,
  listen,
  messageBytesMax,
  operatorStub,
  participantStub,
  serverOptions,
} from './channel.ts'
export {
  type BeginAnswer,
  type CallAnswer,
  decodeBeginAnswer,
  decodeCallAnswer,
  decodeHello,
  decodeWatchEvent,
  encodeBeginAnswer,
  encodeCallAnswer,
  encodeHello,
  encodeWatchEvent,
  type HelloAnswer,
  type WatchEvent,
} from './codec-answer.ts'
export {
  type AbortCommand,
  type BeginCommand,
  type CallCommand,
  type CommitCommand,
  decodeAbortTransaction,
  decodeBegin,
  decodeCall,
  decodeCommitTransaction,
  decodeGet,
  decodeSubmit,
  decodeWatch,
  digestOf,
  encodeAbortTransaction,
  encodeBegin,
  encodeCall,
  encodeCommitTransaction,
  encodeGet,
  encodeSubmit,
  encodeWatch,
  type GetCommand,
  getWaitMsMax,
  type RequestedBranch,
  type SubmitCommand,
  type WatchCommand,
} from './codec-client.ts'
export { decodeFromParticipant, encodeFromParticipant } from './codec-from-participant.ts'
export {
  type CoordinatorHeader,
  decodeCoordinatorHeader,
  decodeParticipantHeader,
  encodeCoordinatorHeader,
  encodeParticipantHeader,
  type ParticipantHeader,
} from './codec-header.ts'
export {
  decodeMemberRequest,
  decodeVotingAnswer,
  decodeVotingRequest,
  encodeMemberRequest,
  encodeVotingAnswer,
  encodeVotingRequest,
  isMemberRequest,
  type MemberMessage,
  type MemberRequest,
  type VotingAnswer,
  type VotingMessage,
  type VotingRequest,
} from './codec-member-request.ts'
export {
  type BranchReport,
  type DrainAnswer,
  decodeDrainAnswer,
  decodeForget,
  decodeList,
  decodeListAnswer,
  decodeOperatorGet,
  decodeResolve,
  decodeTransactionReport,
  encodeDrainAnswer,
  encodeForget,
  encodeList,
  encodeListAnswer,
  encodeOperatorGet,
  encodeResolve,
  encodeTransactionReport,
  type ForgetCommand,
  type ListAnswer,
  type ListCommand,
  type OperatorGetCommand,
  type ResolveCommand,
  type TransactionReport,
} from './codec-operator.ts'
export type { TransactionOptions, WaitFor } from './codec-options.ts'
export { decodeOutcome, encodeOutcome, type OutcomeReport } from './codec-outcome.ts'
export {
  type AnsweredInquiry,
  type Description,
  decodeDescribe,
  decodeDescription,
  decodeInquire,
  decodeInquireAnswer,
  decodeRegister,
  decodeRegisterAnswer,
  encodeDescribe,
  encodeDescription,
  encodeInquire,
  encodeInquireAnswer,
  encodeRegister,
  encodeRegisterAnswer,
  type InDoubtBranch,
  type InquireAnswer,
  type InquireCommand,
  inquiriesMax,
  type RegisterCommand,
} from './codec-participant-facts.ts'
export type { RequestedPlan } from './codec-saga.ts'
export { decodeToParticipant, encodeToParticipant } from './codec-to-participant.ts'
export {
  type AddressedRequest,
  type AddressedResponse,
  decodeParticipantRequest,
  decodeParticipantResponse,
  encodeParticipantRequest,
  encodeParticipantResponse,
  type ParticipantRequest,
  type ParticipantResponse,
  unaryMethods,
} from './codec-unary.ts'
export type { Decoded, DecodeError } from './decoded.ts'
export { type ErrorCode, type ErrorFacts, errors, isErrorCode, type StatusName, status } from './errors.ts'
export { defaultLimits, idempotencyKeyBytesMax, type Limits } from './limits.ts'
export { coordinatorService, messageType, operatorService, participantService, protoRoot } from './proto.ts'
export { RequestChannel } from './request-channel.ts'
export {
  type Reply,
  type RequestHandlers,
  type ServedRequests,
  type ServeOptions,
  serveRequests,
} from './request-server.ts'
export type { RequestKind, Requests } from './requests.ts'
export {
  fromRequestError,
  fromServiceError,
  type ServiceError,
  toRequestError,
  toServiceError,
} from './service-error.ts'
export { FrameChannel, type FrameChannelOptions, type FrameForm, type FrameOwner, sessionDefaults } from './session.ts'
export {
  type CoordinatorSession,
  type CoordinatorSessionOwner,
  coordinatorSession,
  type ParticipantSession,
  type ParticipantSessionOwner,
  participantSession,
} from './session-forms.ts'
export { type ErrorExtras, isTransactionError, TransactionError, transactionError } from './transaction-error.ts'
export { type CallUnaryOptions, callUnary, type UnaryHandler, unary } from './unary.ts'
