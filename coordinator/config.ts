// Reads the options (options.ts) into one frozen configuration; whatever is unknown or outside its limits is an error
// that names it.

import { type coordinatorSide, ParticipantName, unreachable } from '../protocol/index.ts'
import { checkAddress, defaultLimits, type Limits, transactionError } from '../wire/index.ts'
import { type Option, options } from './options.ts'

export { options }

export interface CoordinatorConfig {
  readonly listen: string
  readonly data: string
  /** Empty: the address it listens on. */
  readonly advertise: string
  readonly participants: readonly { readonly participant: ParticipantName; readonly address: string }[]
  readonly logLevel: string
  readonly transactionTimeoutMs: number
  readonly sagaTimeoutMs: number
  readonly retentionMs: number
  readonly drainTimeoutMs: number
  readonly inFlightMax: number
  readonly laneMessagesMax: number
  readonly reconnect: { readonly firstMs: number; readonly maxMs: number }
  readonly limits: Limits
  /** All but whose log it is: that is known once the log is open. */
  readonly policy: Omit<coordinatorSide.Policy, 'logId'>
}

type Value = string | number | boolean | readonly (string | number)[]
export type OptionValues = Readonly<Record<string, Value | undefined>>

export interface ConfigSources {
  /** By the option's name. */
  readonly flags?: OptionValues
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The parsed content of a configuration file, by the option's name. */
  readonly file?: OptionValues
}

type Values = { readonly [O in (typeof options)[number] as O['name']]: Widened<O['default']> }
type Widened<T> = T extends number
  ? number
  : T extends boolean
    ? boolean
    : T extends string
      ? string
      : readonly string[]

/** Environment variables with our prefix that are no options. */
const otherVariables = new Set(['CONCORDAT_CRASH_POINT'])

/** Throws a TransactionError CONFIG_INVALID that names the option, its value and its limits. */
export function readConfig({ flags = {}, env = {}, file = {} }: ConfigSources = {}): CoordinatorConfig {
  refuseUnknown(env, file)
  const read = Object.fromEntries(
    options.map((option) => [option.name, chosen(option, flags[option.name], env[option.env], file[option.name])]),
  ) as unknown as Values
  checkRelations(read)
  return Object.freeze({
    listen: read.listen,
    data: read.data,
    advertise: read.advertise,
    participants: read.participants.map(participantOf),
    logLevel: read.logLevel,
    transactionTimeoutMs: read.transactionTimeoutMs,
    sagaTimeoutMs: read.sagaTimeoutMs,
    retentionMs: read.retentionMs,
    drainTimeoutMs: read.drainTimeoutMs,
    inFlightMax: read.inFlightMax,
    laneMessagesMax: read.laneMessagesMax,
    reconnect: { firstMs: read.reconnectFirstMs, maxMs: read.reconnectMaxMs },
    limits: { ...defaultLimits, payloadBytesMax: read.payloadBytesMax, branchesMax: read.branchesMax },
    policy: {
      voteTimeoutMs: read.voteTimeoutMs,
      appliedWaitMs: read.appliedWaitMs,
      resend: { firstMs: read.resendFirstMs, maxMs: read.resendMaxMs },
      onePhase: read.onePhase,
      roundTimeoutMs: read.roundTimeoutMs,
      sagaRetry: { tries: read.sagaTries, firstMs: read.sagaRetryFirstMs, maxMs: read.sagaRetryMaxMs },
    },
  })
}

function refuseUnknown(env: NonNullable<ConfigSources['env']>, file: OptionValues): void {
  const variables = new Set<string>(options.map((option) => option.env))
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('CONCORDAT_') || variables.has(variable) || otherVariables.has(variable)) continue
    throw invalid(`the environment variable ${variable} is no option; known are ${[...variables].join(', ')}`)
  }
  const names = new Set<string>(options.map((option) => option.name))
  for (const name of Object.keys(file)) {
    if (!names.has(name)) throw invalid(`the file's '${name}' is no option; known are ${[...names].join(', ')}`)
  }
}

function chosen(option: Option, ...sources: readonly (Value | undefined)[]): Value {
  const given = sources.find((value) => value !== undefined)
  if (given === undefined) return option.default
  switch (option.kind) {
    case 'number':
      return numberOf(option, given)
    case 'boolean':
      if (given === true || given === 'true' || given === '1') return true
      if (given === false || given === 'false' || given === '0') return false
      throw invalid(`--${option.flag} is true or false, not '${String(given)}'`)
    case 'list': {
      const items = Array.isArray(given) ? given : String(given).split(',')
      return items.map(String).filter((item) => item !== '')
    }
    case 'text':
      return String(given)
    default:
      return unreachable(option.kind)
  }
}

function numberOf(option: Option, given: Value): number {
  const value = typeof given === 'string' && given.trim() === '' ? Number.NaN : Number(given)
  const { min = 0, max = Number.MAX_SAFE_INTEGER, unit = '' } = option
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw invalid(`--${option.flag} is a whole number from ${min} to ${max} ${unit}, not '${String(given)}'`)
}

function checkRelations(read: Values): void {
  if (read.advertise !== '') checkAddress('--advertise', read.advertise)
  if (read.resendFirstMs > read.resendMaxMs) throw invalid('--resend-first-ms is at most --resend-max-ms')
  if (read.sagaRetryFirstMs > read.sagaRetryMaxMs) throw invalid('--saga-retry-first-ms is at most --saga-retry-max-ms')
  if (read.reconnectFirstMs > read.reconnectMaxMs) throw invalid('--reconnect-first-ms is at most --reconnect-max-ms')
  if (!['debug', 'info', 'warn', 'error', 'silent'].includes(read.logLevel)) {
    throw invalid(`--log-level is debug, info, warn, error or silent, not '${read.logLevel}'`)
  }
}

function participantOf(text: string): { participant: ParticipantName; address: string } {
  const at = text.indexOf('=')
  const [name, address] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || address === '') throw invalid(`--participant is name=host:port, not '${text}'`)
  checkAddress(`--participant ${name}`, address)
  try {
    return { participant: ParticipantName(name), address }
  } catch {
    throw invalid(`--participant: '${name}' is no name: a letter, then up to 62 letters, digits and hyphens`)
  }
}

const invalid = (sentence: string) => transactionError('CONFIG_INVALID', sentence)
