// Scalars on the wire: ids as 16 raw bytes, counters as uint64, JSON as bytes. Everything is copied out of the frame
// at once: a decoded Buffer is a view that would keep the whole frame in memory.

import type {
  Boot,
  BranchNumber,
  Epoch,
  Instant,
  LogId,
  ParticipantName as Name,
  Sequence,
  StorageId,
  TransactionId,
} from '../protocol/index.ts'
import { ParticipantName } from '../protocol/index.ts'
import { malformed } from './decoded.ts'
import type { ErrorCode } from './errors.ts'
import type { Sequence as WireSequence } from './generated/concordat/v1/Sequence.ts'
import { nameCharactersMax, sentenceCharactersMax } from './limits.ts'

/** A field of bytes as protobufjs gives it; generated types also allow base64, which is never sent. */
export type WireBytes = Uint8Array | string | null | undefined
/** A 64 bit field: a number, or a Long. */
export type WireNumber = number | string | { readonly low: number; readonly high: number } | null | undefined

/** Character codes of a byte's two hexadecimal digits, and back. */
const highDigit = Uint8Array.from({ length: 256 }, (_, byte) => (byte >> 4).toString(16).charCodeAt(0))
const lowDigit = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16).charCodeAt(0))
const valueOfDigit = new Uint8Array(128)
for (let value = 0; value < 16; value += 1) valueOfDigit[lowDigit[value] as number] = value

/** Where each byte's first digit stands in the text of a UUID. */
const digitPositions = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const
const nilText = '00000000-0000-0000-0000-000000000000'

/** The 16 bytes of an id; that its text is well formed, its brand says. */
export function uuidBytes(id: TransactionId | LogId | StorageId): Uint8Array {
  const bytes = new Uint8Array(16)
  writeUuid(bytes, id)
  return bytes
}

/** The same into bytes that are there. */
export function writeUuid(bytes: Uint8Array, id: TransactionId | LogId | StorageId): void {
  for (let index = 0; index < 16; index += 1) {
    const at = digitPositions[index] as number
    const high = valueOfDigit[id.charCodeAt(at)] as number
    bytes[index] = (high << 4) | (valueOfDigit[id.charCodeAt(at + 1)] as number)
  }
}

/** Of the databases that were written lately: a coordinator names the same few in every message. */
const knownStorageIds = new Map<StorageId, Uint8Array>()
const knownStorageIdsMax = 1_024

/** As `uuidBytes`; what it returns is shared, and only read. */
export function storageIdBytes(id: StorageId): Uint8Array {
  const known = knownStorageIds.get(id)
  if (known !== undefined) return known
  if (knownStorageIds.size >= knownStorageIdsMax) knownStorageIds.clear()
  const bytes = uuidBytes(id)
  knownStorageIds.set(id, bytes)
  return bytes
}

// Two ids in every message: one call with all the characters makes a flat string, four times as fast as concatenation
// together with its first use as a Map key.
function formatUuid(b: Uint8Array): string {
  const h = (index: number): number => highDigit[b[index] as number] as number
  const l = (index: number): number => lowDigit[b[index] as number] as number
  // biome-ignore format: one line a group
  return String.fromCharCode(
    h(0), l(0), h(1), l(1), h(2), l(2), h(3), l(3), 45,
    h(4), l(4), h(5), l(5), 45,
    h(6), l(6), h(7), l(7), 45,
    h(8), l(8), h(9), l(9), 45,
    h(10), l(10), h(11), l(11), h(12), l(12), h(13), l(13), h(14), l(14), h(15), l(15),
  )
}

function uuidText(bytes: WireBytes, path: string): string {
  if (bytes === null || bytes === undefined || typeof bytes === 'string' || bytes.length !== 16) {
    return malformed('INVALID_ID', path, `wants 16 bytes, has ${bytes?.length ?? 0}`)
  }
  const text = formatUuid(bytes)
  return text === nilText ? malformed('INVALID_ID', path, 'is all zero') : text
}

export const readTransactionId = (bytes: WireBytes, path: string) => uuidText(bytes, path) as TransactionId
export const readLogId = (bytes: WireBytes, path: string) => recentText(bytes, path) as LogId
export const readStorageId = (bytes: WireBytes, path: string) => recentText(bytes, path) as StorageId

/** Logs and databases that were read lately, the same few in every message. */
const recentTexts: { readonly bytes: Uint8Array; readonly text: string }[] = []
const recentTextsMax = 16
let oldestText = 0

function recentText(bytes: WireBytes, path: string): string {
  if (bytes === null || bytes === undefined || typeof bytes === 'string' || bytes.length !== 16) {
    return uuidText(bytes, path)
  }
  for (const known of recentTexts) if (isSame(known.bytes, bytes)) return known.text
  const text = uuidText(bytes, path)
  recentTexts[oldestText] = { bytes: Uint8Array.from(bytes), text }
  oldestText = (oldestText + 1) % recentTextsMax
  return text
}

/** Of 16 bytes. The last ones differ most often. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 15; index >= 0; index -= 1) if (a[index] !== b[index]) return false
  return true
}

/** Empty means absent. */
export function readOptionalStorageId(bytes: WireBytes, path: string): StorageId | undefined {
  return bytes === null || bytes === undefined || bytes.length === 0 ? undefined : readStorageId(bytes, path)
}

/** A 64 bit field as a number; refuses what a number cannot hold exactly. */
export function toNumber(value: WireNumber, path: string, code: ErrorCode = 'REQUEST_INVALID'): number {
  if (value === null || value === undefined) return 0
  const number = typeof value === 'object' ? value.high * 0x1_0000_0000 + (value.low >>> 0) : Number(value)
  if (!Number.isSafeInteger(number)) return malformed(code, path, 'is not a whole number below 2^53')
  return number
}

/** An unsigned 64 bit field as a number. A Long of protobufjs may be signed: above 2^53 all are refused. */
export function toCount(value: WireNumber, path: string): number {
  const number = toNumber(value, path)
  return number < 0 ? malformed('REQUEST_INVALID', path, 'is negative or not below 2^53') : number
}

export const readInstant = (value: WireNumber, path: string) => toCount(value, path) as Instant
export const readEpoch = (value: number | null | undefined) => ((value ?? 0) >>> 0) as Epoch
export const readBoot = (value: number | null | undefined) => ((value ?? 0) >>> 0) as Boot

export function readBranchNumber(value: number | null | undefined, path: string): BranchNumber {
  if (value === null || value === undefined || value < 1 || value > 128) {
    return malformed('BRANCH_INVALID', path, `wants a number from 1 to 128, has ${value ?? 0}`)
  }
  return value as BranchNumber
}

export function readSequence(wire: WireSequence | null | undefined, path: string): Sequence {
  if (wire === null || wire === undefined) return malformed('REQUEST_INVALID', path, 'is missing')
  return { epoch: readEpoch(wire.epoch), number: toCount(wire.number, `${path}.number`) }
}

export const writeSequence = (sequence: Sequence): WireSequence => ({ epoch: sequence.epoch, number: sequence.number })

/** Names seen to be well formed: a coordinator meets the same few in every message. */
const knownNames = new Map<string, Name>()
const knownNamesMax = 1_024

export function readParticipantName(text: string | null | undefined, path: string): Name {
  const known = knownNames.get(text ?? '')
  if (known !== undefined) return known
  let name: Name
  try {
    name = ParticipantName(text ?? '')
  } catch {
    return malformed('PARTICIPANT_INVALID', path, `${JSON.stringify((text ?? '').slice(0, 64))} is not a name`)
  }
  if (knownNames.size >= knownNamesMax) knownNames.clear()
  knownNames.set(name, name)
  return name
}

/** JSON bytes to text. The native decoder is used: it also replaces what is not UTF-8. */
export function readText(bytes: WireBytes): string {
  if (bytes === null || bytes === undefined || typeof bytes === 'string' || bytes.length === 0) return ''
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : Buffer.from(bytes).toString('utf8')
}

/** The writer makes UTF-8 of it. */
export const writeText = (text: string): string => text

export function readName(text: string | null | undefined, path: string): string {
  const name = text ?? ''
  if (name.length > nameCharactersMax) {
    return malformed('REQUEST_INVALID', path, `is longer than ${nameCharactersMax} characters`)
  }
  return name
}

export function readSentence(text: string | null | undefined, path: string): string {
  const sentence = text ?? ''
  if (sentence.length > sentenceCharactersMax) {
    return malformed('REQUEST_INVALID', path, `is longer than ${sentenceCharactersMax} characters`)
  }
  return sentence
}

export function required<T>(value: T | null | undefined, path: string): T {
  return value === null || value === undefined ? malformed('REQUEST_INVALID', path, 'is missing') : value
}
