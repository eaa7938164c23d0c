// THE error table: every operating error that Concordat gives, whoever gives it, with its gRPC status, whether sending
// the same request again may succeed, what it means and what to do next. docs/errors.md is this table in print
// (a test holds both equal). A vote `no`, an abort and an outcome are answers and not errors: the
// codes of aborts are in protocol/outcome.ts.

/** The gRPC status numbers used by the table. */
export const status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const

export type StatusName = keyof typeof status

export interface ErrorFacts {
  readonly status: StatusName
  /** Whether the same request may succeed when it is sent again. */
  readonly retryable: boolean
  /** One sentence for people; the message of an error that is given none. */
  readonly meaning: string
  /** What to do next. */
  readonly next: string
}

const requestErrors = {
  REQUEST_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'a field of the request is missing, too long, or has a number that this version does not know',
    next: 'The message names the field. Compare with the comments in the .proto files.',
  },
  INVALID_ID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'an id is not 16 bytes, or all of them are 0',
    next: 'Send the raw 16 bytes of a UUIDv7, not its text.',
  },
  PROTOCOL_UNKNOWN: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'the protocol is not one of two-phase, three-phase and saga',
    next: 'Name the protocol. Number 0 is always refused: some libraries send it for a name they do not know.',
  },
  PROTOCOL_UNSUPPORTED: {
    status: 'UNIMPLEMENTED',
    retryable: false,
    meaning: 'this coordinator or a participant cannot do this protocol',
    next: 'Use another protocol, or a newer version of the process that the message names.',
  },
  TIMEOUT_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'the timeout is negative or too long',
    next: 'Send 0 for the default, or at most 24 hours.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'an input or result is larger than the limit for one branch, or all of them together are too large',
    next: 'Store large content elsewhere and send a reference to it.',
  },
  TOO_MANY_BRANCHES: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'the transaction has more branches than the limit',
    next: 'Join branches at one participant into one operation, or split the transaction.',
  },
  BRANCH_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'there is no branch, or what a branch says of itself is malformed or does not fit the others',
    next: 'The message says what is wrong. Number the branches 1, 2, 3, and so on.',
  },
  INPUT_NOT_JSON: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'the input of a branch is not JSON',
    next: 'Send JSON text in UTF-8, `null` for nothing.',
  },
  INPUT_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: "the input does not fit the operation's schema",
    next: 'The path says where. Correct the input; the participant will not take it otherwise.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'the idempotency key is longer than 256 bytes',
    next: 'Send a shorter key, such as a hash of the long one.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 'ALREADY_EXISTS',
    retryable: false,
    meaning: 'the idempotency key belongs to a transaction with other branches or inputs',
    next: 'Use one key for one piece of work. If this is new work, give it a new key.',
  },
  PARTICIPANT_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'the name or address of a participant is malformed',
    next: 'A name is a letter, then up to 62 letters, digits and hyphens.',
  },
  PARTICIPANT_UNKNOWN: {
    status: 'NOT_FOUND',
    retryable: false,
    meaning: 'the coordinator knows no participant of this name',
    next: 'Check the name. Start the participant with the address of this coordinator, or configure it there.',
  },
  OPERATION_UNKNOWN: {
    status: 'NOT_FOUND',
    retryable: false,
    meaning: 'the participant offers no operation of this name',
    next: 'Check the name, and whether the participant runs the version that has it.',
  },
  CONTRACT_MISMATCH: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'the operations that the service implements are not those of its contract',
    next: 'Implement every operation of the contract, and no other.',
  },
} as const satisfies Record<string, ErrorFacts>

const transactionErrors = {
  TRANSACTION_NOT_FOUND: {
    status: 'NOT_FOUND',
    retryable: false,
    meaning: 'the coordinator knows no such transaction; if it was open, it is aborted',
    next: 'Ask what became of it: `concordat outcome ID`. A coordinator that restarted has aborted all that were open; begin anew.',
  },
  TRANSACTION_EXISTS: {
    status: 'ALREADY_EXISTS',
    retryable: false,
    meaning: 'the transaction id belongs to another transaction',
    next: 'Make a new UUIDv7 for each transaction.',
  },
  TRANSACTION_CLOSED: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'the transaction takes no more calls: commit or abort was asked for, or it has ended',
    next: 'Ask for its outcome. Call all branches before commit.',
  },
  STALE_EPOCH: {
    status: 'FAILED_PRECONDITION',
    retryable: true,
    meaning: 'the request was built for an earlier epoch of the coordinator',
    next: 'Say hello and send the request again with the new epoch. After Call and Commit, unless of a saga: begin a new transaction.',
  },
  COORDINATOR_RESTARTED: {
    status: 'ABORTED',
    retryable: false,
    meaning: 'the coordinator restarted before it had decided; the transaction is aborted',
    next: 'Run the transaction again under a new id.',
  },
  SAGA_GOES_FORWARD: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'the pivot of the saga has said yes, or may have: it goes forward and cannot be aborted any more',
    next: 'Let it go on, and ask for its outcome by the transaction id.',
  },
  OUTCOME_UNKNOWN: {
    status: 'UNKNOWN',
    retryable: false,
    meaning: 'the answer was lost: the transaction may have committed',
    next: 'Ask with `coordinator.outcome(id)` or `concordat outcome ID`, or send the same work again under the same idempotency key.',
  },
  OUTCOME_EXPIRED: {
    status: 'NOT_FOUND',
    retryable: false,
    meaning: 'the outcome is older than the coordinator keeps outcomes',
    next: 'Ask sooner, or let the coordinator keep outcomes for longer.',
  },
  REQUEST_CANCELLED: {
    status: 'CANCELLED',
    retryable: false,
    meaning: 'whoever asked has stopped waiting; that does not undo what was asked for',
    next: 'Ask for the outcome by the transaction id.',
  },
} as const satisfies Record<string, ErrorFacts>

const processErrors = {
  OVERLOADED: {
    status: 'RESOURCE_EXHAUSTED',
    retryable: true,
    meaning: 'too many transactions are in flight; this one was not begun',
    next: 'Send it again after a short, growing wait, or add a coordinator.',
  },
  DRAINING: {
    status: 'UNAVAILABLE',
    retryable: true,
    meaning: 'the process is being stopped and takes nothing new; this request was not begun',
    next: 'Send it again: to another coordinator, or when this one is back.',
  },
  NOT_READY: {
    status: 'UNAVAILABLE',
    retryable: true,
    meaning: 'the process is recovering its log and does not answer yet',
    next: 'Send it again in a moment.',
  },
  COORDINATOR_UNREACHABLE: {
    status: 'UNAVAILABLE',
    retryable: true,
    meaning: 'no coordinator answers at this address, or the connection to it broke',
    next: 'Check the address and whether it runs. What had been sent may have been done: send it again under the same ids.',
  },
  PARTICIPANT_UNREACHABLE: {
    status: 'UNAVAILABLE',
    retryable: true,
    meaning: 'the participant does not answer',
    next: 'Check whether it runs and whether the coordinator can reach its address.',
  },
  NAME_TAKEN: {
    status: 'ALREADY_EXISTS',
    retryable: false,
    meaning: 'another database has a live session under this participant name',
    next: 'Give each database its own name, or stop the other process first.',
  },
  FENCED: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'another process has taken over: its epoch or boot is higher',
    next: 'Stop this process. Two of them must not use one identity.',
  },
  RESTORED_BACKUP: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'the database is older than others have seen it, so it was restored from a backup; serving has stopped',
    next: 'Bring the newest file back. Only if it is lost: give a participant a new identity with `renewStorageId`, see docs/operating.md.',
  },
  STORE_IN_USE: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'another process has the database file open',
    next: 'Stop the other process, or use another file.',
  },
  STORE_FAILED: {
    status: 'INTERNAL',
    retryable: false,
    meaning: 'the database file cannot be opened, read or written',
    next: 'Look at the disk and the message of the cause. The process ends; start it again when the disk works.',
  },
  CONFIG_INVALID: {
    status: 'INVALID_ARGUMENT',
    retryable: false,
    meaning: 'an option is unknown or its value is outside its limits',
    next: 'Correct what the message names. Options, limits and defaults: docs/options.md.',
  },
  OPERATION_ASYNC: {
    status: 'FAILED_PRECONDITION',
    retryable: false,
    meaning: 'an operation returned a promise; its functions run inside a local transaction and must be synchronous',
    next: 'Remove async and await from the operation. Do outside calls before the transaction or after it.',
  },
  UNIMPLEMENTED: {
    status: 'UNIMPLEMENTED',
    retryable: false,
    meaning: 'the other process does not have this method',
    next: 'Check the address: a participant does not answer what a coordinator is asked. Then the versions on both sides.',
  },
  INTERNAL: {
    status: 'INTERNAL',
    retryable: false,
    meaning: 'something went wrong that should not have; the details are in the log of the process that answered',
    next: 'Look at that log, and report it.',
  },
} as const satisfies Record<string, ErrorFacts>

/** Every error code with its facts. */
export const errors = { ...requestErrors, ...transactionErrors, ...processErrors } as const

export type ErrorCode = keyof typeof errors

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errors, code)
