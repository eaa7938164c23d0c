// Identities. Each is a branded primitive: made only by its constructor, which the gateways call (wire codec, record
// codec, id generation); everywhere else an id is known to be well formed.

declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** A transaction: UUIDv7 in canonical lower-case text, made by the client. */
export type TransactionId = Brand<string, 'TransactionId'>
/** A branch inside its transaction: 1 to 128. */
export type BranchNumber = Brand<number, 'BranchNumber'>
/** A coordinator's log, UUID text. A new log is a new identity: it knows nothing of the old one's transactions. */
export type LogId = Brand<string, 'LogId'>
/** A participant's database file, UUID text. Another one means another database. */
export type StorageId = Brand<string, 'StorageId'>
/** A participant's name in the coordinator's configuration, such as `inventory`. */
export type ParticipantName = Brand<string, 'ParticipantName'>
/** Number of a coordinator's reign over its log; grows at each open, forced before the log is read. */
export type Epoch = Brand<number, 'Epoch'>
/** How many times a participant's database was opened; forced before anything is served. */
export type Boot = Brand<number, 'Boot'>
/** Milliseconds since the Unix epoch by the clock of the process that made it. Never compared across processes. */
export type Instant = Brand<number, 'Instant'>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const name = /^[a-z][a-z0-9-]{0,62}$/i

function checked<T extends string>(kind: string, text: string, shape: RegExp): T {
  if (!shape.test(text)) throw new TypeError(`not a ${kind}: ${JSON.stringify(text.slice(0, 64))}`)
  return text as T
}

function counted<T extends number>(kind: string, value: number, from: number, to: number): T {
  if (!Number.isSafeInteger(value) || value < from || value > to) throw new TypeError(`not a ${kind}: ${value}`)
  return value as T
}

export const TransactionId = (text: string): TransactionId => checked('transaction id', text, uuid)
export const LogId = (text: string): LogId => checked('log id', text, uuid)
export const StorageId = (text: string): StorageId => checked('storage id', text, uuid)
export const ParticipantName = (text: string): ParticipantName => checked('participant name', text, name)
export const BranchNumber = (value: number): BranchNumber => counted('branch number', value, 1, 128)
export const Epoch = (value: number): Epoch => counted('epoch', value, 0, 0xffff_ffff)
export const Boot = (value: number): Boot => counted('boot', value, 0, 0xffff_ffff)
export const Instant = (value: number): Instant => counted('instant', value - (value % 1), 0, Number.MAX_SAFE_INTEGER)

/** The later instant, `ms` milliseconds on. */
export const after = (at: Instant, ms: number): Instant => (at + ms) as Instant

/** A coordinator's own order of its transactions (design rule 15): by epoch, then by number; never ids or clocks. */
export interface Sequence {
  readonly epoch: Epoch
  readonly number: number
}

export const compareSequences = (a: Sequence, b: Sequence): number => a.epoch - b.epoch || a.number - b.number

/** Who speaks for a participant: the database, and which opening of it. */
export interface Identity {
  readonly storageId: StorageId
  readonly boot: Boot
}
