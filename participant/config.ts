// The one table of a participant's options: what each means, its unit, default and limits. Code reads options from
// here and from nowhere else; the environment is the business of whoever starts the process.

import { transactionError } from '../wire/index.ts'

interface OptionRow {
  readonly unit: 'ms' | 'bytes' | 'count'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly meaning: string
}

const minute = 60_000
const mebibyte = 1024 * 1024

export const options = {
  inquiryDelayMs: {
    unit: 'ms',
    default: 2_000,
    min: 10,
    max: 10 * minute,
    meaning: 'how long a prepared branch waits for the decision before it asks the coordinator',
  },
  inquiryTimeoutMs: {
    unit: 'ms',
    default: 1_000,
    min: 10,
    max: minute,
    meaning: 'how long an inquiry, or a question to another member, waits for its answer',
  },
  roundTimeoutMs: {
    unit: 'ms',
    default: 1_000,
    min: 10,
    max: minute,
    meaning:
      'three-phase: how long the members may take to answer a round before another begins; doubled each round, up to 8 times',
  },
  lockWaitMs: {
    unit: 'ms',
    default: 2_000,
    min: 0,
    max: 10 * minute,
    meaning: 'longest wait of a branch for a lock; the vote deadline bounds it too',
  },
  voteMarginMs: {
    unit: 'ms',
    default: 50,
    min: 0,
    max: 10_000,
    meaning: 'how long before the vote deadline a wait for a lock ends, so that the no arrives in time',
  },
  lockWaitersMax: {
    unit: 'count',
    default: 256,
    min: 1,
    max: 100_000,
    meaning: 'branches that wait for one lock; the next one is told LOCK_CONFLICT',
  },
  locksPerBranchMax: {
    unit: 'count',
    default: 1_000,
    min: 1,
    max: 100_000,
    meaning: 'locks that one branch may take',
  },
  eventsPerTurnMax: {
    unit: 'count',
    default: 256,
    min: 1,
    max: 10_000,
    meaning: 'events handled in one turn, which is one local transaction',
  },
  dropsPerTurnMax: {
    unit: 'count',
    default: 512,
    min: 1,
    max: 10_000,
    meaning: 'ended branches looked at in one turn to be dropped below the watermark',
  },
  endedInMemoryMax: {
    unit: 'count',
    default: 20_000,
    min: 0,
    max: 1_000_000,
    meaning: 'ended branches kept in memory; older ones are read from the database when somebody asks',
  },
  endedBytesMax: {
    unit: 'bytes',
    default: 64 * mebibyte,
    min: 0,
    max: 4_096 * mebibyte,
    meaning: 'about how much memory ended branches may take',
  },
  queuedEventsMax: {
    unit: 'count',
    default: 100_000,
    min: 1_000,
    max: 10_000_000,
    meaning: 'events that wait for their turn; past that, messages are refused and sent again later',
  },
  payloadBytesMax: {
    unit: 'bytes',
    default: mebibyte,
    min: 1_024,
    max: 16 * mebibyte,
    meaning: 'longest input or result of a branch',
  },
  retryFirstMs: {
    unit: 'ms',
    default: 50,
    min: 1,
    max: minute,
    meaning: 'wait before the second try of a commit, an abort, an inquiry or a registration; it doubles each time',
  },
  retryMaxMs: {
    unit: 'ms',
    default: 10_000,
    min: 1,
    max: 10 * minute,
    meaning: 'longest wait between two tries',
  },
  idleForceMs: {
    unit: 'ms',
    default: 5,
    min: 0,
    max: 1_000,
    meaning: 'how long an applied decision stays unforced when nothing else forces it',
  },
  busyRetryMs: {
    unit: 'ms',
    default: 20,
    min: 1,
    max: 1_000,
    meaning: 'wait before the next try when another connection is writing to the database',
  },
  registerTimeoutMs: {
    unit: 'ms',
    default: 2_000,
    min: 10,
    max: minute,
    meaning: 'how long a registration at the coordinator waits for its answer',
  },
  registerCheckMs: {
    unit: 'ms',
    default: 10_000,
    min: 100,
    max: 60 * minute,
    meaning: 'how often a participant without a session makes itself known again',
  },
  closeGraceMs: {
    unit: 'ms',
    default: 500,
    min: 0,
    max: minute,
    meaning: 'how long unary calls may still take while the participant closes',
  },
} as const satisfies Readonly<Record<string, OptionRow>>

export type OptionName = keyof typeof options
export type ParticipantOptions = { readonly [Name in OptionName]?: number }
export type ParticipantConfig = { readonly [Name in OptionName]: number }

/** Every option with its value; an unknown name or a value outside its limits is refused. */
export function resolveOptions(given: Readonly<Record<string, unknown>> = {}): ParticipantConfig {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(options, name)) continue
    throw transactionError('CONFIG_INVALID', `there is no option '${name}'; known: ${Object.keys(options).join(', ')}`)
  }
  const names = Object.keys(options) as OptionName[]
  const config = Object.fromEntries(names.map((name) => [name, resolveOption(name, given[name])]))
  return Object.freeze(config) as ParticipantConfig
}

function resolveOption(name: OptionName, value: unknown): number {
  const row: OptionRow = options[name]
  if (value === undefined) return row.default
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= row.min && value <= row.max) return value
  const limits = `a whole number of ${row.unit} from ${row.min} to ${row.max}`
  throw transactionError('CONFIG_INVALID', `option '${name}' is ${JSON.stringify(value)}; it must be ${limits}`)
}
