// Every option of the coordinator, in one table: the command's flags, the environment, the file and docs/options.md are
// made of it. A flag beats the environment, which beats the file, which beats the default.

export interface Option {
  readonly name: string
  /** Without the leading dashes. */
  readonly flag: string
  readonly env: string
  readonly kind: 'number' | 'text' | 'list' | 'boolean'
  /** What a number counts. */
  readonly unit?: string
  readonly default: number | string | boolean | readonly string[]
  readonly min?: number
  readonly max?: number
  readonly sentence: string
}

const ms = { kind: 'number', unit: 'ms' } as const
const hours = 60 * 60 * 1_000

export const options = [
  {
    name: 'listen',
    flag: 'listen',
    env: 'CONCORDAT_LISTEN',
    kind: 'text',
    default: '127.0.0.1:7400',
    sentence: 'Address to serve on, host:port; port 0 takes a free one. Only loopback unless told otherwise.',
  },
  {
    name: 'data',
    flag: 'data',
    env: 'CONCORDAT_DATA',
    kind: 'text',
    default: './concordat-data',
    sentence: 'Folder of the decision log; made if it is missing.',
  },
  {
    name: 'advertise',
    flag: 'advertise',
    env: 'CONCORDAT_ADVERTISE',
    kind: 'text',
    default: '',
    sentence: 'Address at which participants can ask for decisions, host:port; by default the one it listens on.',
  },
  {
    name: 'participants',
    flag: 'participant',
    env: 'CONCORDAT_PARTICIPANTS',
    kind: 'list',
    default: [],
    sentence:
      'A participant and its address, name=host:port; may be repeated, or separated by commas. Others register themselves.',
  },
  {
    name: 'logLevel',
    flag: 'log-level',
    env: 'CONCORDAT_LOG_LEVEL',
    kind: 'text',
    default: 'info',
    sentence: 'debug, info, warn or error.',
  },
  {
    ...ms,
    name: 'voteTimeoutMs',
    flag: 'vote-timeout-ms',
    env: 'CONCORDAT_VOTE_TIMEOUT_MS',
    default: 5_000,
    min: 10,
    max: 10 * 60 * 1_000,
    sentence: 'From Prepare to the vote; then the transaction aborts.',
  },
  {
    ...ms,
    name: 'transactionTimeoutMs',
    flag: 'transaction-timeout-ms',
    env: 'CONCORDAT_TRANSACTION_TIMEOUT_MS',
    default: 60_000,
    min: 10,
    max: 24 * hours,
    sentence: 'From begin to the decision, when the client names no timeout.',
  },
  {
    ...ms,
    name: 'appliedWaitMs',
    flag: 'applied-wait-ms',
    env: 'CONCORDAT_APPLIED_WAIT_MS',
    default: 2_000,
    min: 0,
    max: 60_000,
    sentence: "How long waitFor 'applied' waits after the decision before it answers applied: false.",
  },
  {
    ...ms,
    name: 'resendFirstMs',
    flag: 'resend-first-ms',
    env: 'CONCORDAT_RESEND_FIRST_MS',
    default: 1_000,
    min: 10,
    max: 60_000,
    sentence: 'When an unanswered message is first sent again; doubles up to resend-max-ms, with jitter.',
  },
  {
    ...ms,
    name: 'resendMaxMs',
    flag: 'resend-max-ms',
    env: 'CONCORDAT_RESEND_MAX_MS',
    default: 10_000,
    min: 10,
    max: hours,
    sentence: 'The longest wait before an unanswered message is sent again.',
  },
  {
    ...ms,
    name: 'reconnectFirstMs',
    flag: 'reconnect-first-ms',
    env: 'CONCORDAT_RECONNECT_FIRST_MS',
    default: 50,
    min: 1,
    max: 60_000,
    sentence:
      'When a participant that cannot be reached is first tried again; doubles up to reconnect-max-ms, with jitter.',
  },
  {
    ...ms,
    name: 'reconnectMaxMs',
    flag: 'reconnect-max-ms',
    env: 'CONCORDAT_RECONNECT_MAX_MS',
    default: 500,
    min: 1,
    max: hours,
    sentence: 'The longest wait before a participant that cannot be reached is tried again.',
  },
  {
    ...ms,
    name: 'retentionMs',
    flag: 'retention-ms',
    env: 'CONCORDAT_RETENTION_MS',
    default: 7 * 24 * hours,
    min: 60_000,
    max: 400 * 24 * hours,
    sentence: 'How long outcomes and idempotency keys are kept.',
  },
  {
    ...ms,
    name: 'drainTimeoutMs',
    flag: 'drain-timeout-ms',
    env: 'CONCORDAT_DRAIN_TIMEOUT_MS',
    default: 10_000,
    min: 0,
    max: hours,
    sentence: 'How long a drain waits for what is in flight; decided transactions go on after the next start.',
  },
  {
    name: 'inFlightMax',
    flag: 'in-flight-max',
    env: 'CONCORDAT_IN_FLIGHT_MAX',
    kind: 'number',
    unit: 'transactions',
    default: 50_000,
    min: 1,
    max: 1_000_000,
    sentence: 'Transactions in flight; past it new ones are answered OVERLOADED.',
  },
  {
    name: 'branchesMax',
    flag: 'branches-max',
    env: 'CONCORDAT_BRANCHES_MAX',
    kind: 'number',
    unit: 'branches',
    default: 128,
    min: 1,
    max: 128,
    sentence: 'Branches of one transaction.',
  },
  {
    name: 'payloadBytesMax',
    flag: 'payload-bytes-max',
    env: 'CONCORDAT_PAYLOAD_BYTES_MAX',
    kind: 'number',
    unit: 'bytes',
    default: 1024 * 1024,
    min: 1,
    max: 16 * 1024 * 1024,
    sentence: 'One input or result.',
  },
  {
    name: 'laneMessagesMax',
    flag: 'lane-messages-max',
    env: 'CONCORDAT_LANE_MESSAGES_MAX',
    kind: 'number',
    unit: 'messages',
    default: 200_000,
    min: 1,
    max: 10_000_000,
    sentence: 'Messages waiting for one participant; past it new transactions with it are answered OVERLOADED.',
  },
  {
    name: 'onePhase',
    flag: 'one-phase',
    env: 'CONCORDAT_ONE_PHASE',
    kind: 'boolean',
    default: true,
    sentence: 'Commit a submitted transaction with a single branch in one phase.',
  },
] as const satisfies readonly Option[]
