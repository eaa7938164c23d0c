// The headers: who speaks, how far its log has come, and what the other side may forget.

import type { Boot, Epoch, Instant, LogId, ParticipantName, Sequence, StorageId, Watermark } from '../protocol/index.ts'
import { openBelowMax } from '../protocol/index.ts'
import {
  readBoot,
  readEpoch,
  readInstant,
  readLogId,
  readName,
  readParticipantName,
  readSequence,
  readStorageId,
  required,
  toCount,
  uuidBytes,
  writeSequence,
} from './codec-ids.ts'
import { gateway, malformed } from './decoded.ts'
import type { CoordinatorHeader as WireCoordinatorHeader } from './generated/concordat/v1/CoordinatorHeader.ts'
import type { ParticipantHeader as WireParticipantHeader } from './generated/concordat/v1/ParticipantHeader.ts'
import type { Watermark as WireWatermark } from './generated/concordat/v1/Watermark.ts'

export interface CoordinatorHeader {
  readonly logId: LogId
  readonly epoch: Epoch
  /** Newest durable record of the coordinator's log. */
  readonly recordSequence: number
  /** Highest record number of the receiver that the coordinator has stored durably. */
  readonly seenRecordSequence: number
  /** Of which database; absent in a session, which speaks to one. */
  readonly seenStorageId?: StorageId
  /** Absent in a session frame: as in the frame before. */
  readonly watermark: Watermark | undefined
  readonly address: string
  readonly sentAt: Instant
}

export interface ParticipantHeader {
  readonly storageId: StorageId
  readonly boot: Boot
  readonly recordSequence: number
  readonly seenRecordSequence: number
  /** Everything done in turns up to this one is durable. */
  readonly forcedTurn: number
  readonly participant: ParticipantName
  readonly sentAt: Instant
}

function writeWatermark(watermark: Watermark): WireWatermark {
  return { below: writeSequence(watermark.below), open: watermark.open.map(writeSequence) }
}

function readWatermark(wire: WireWatermark | null | undefined): Watermark | undefined {
  if (wire === null || wire === undefined) return undefined
  const open = wire.open ?? []
  if (open.length > openBelowMax) malformed('REQUEST_INVALID', 'header.watermark.open', `has more than ${openBelowMax}`)
  const readOpen = (sequence: Parameters<typeof readSequence>[0], index: number): Sequence =>
    readSequence(sequence, `header.watermark.open.${index}`)
  return { below: readSequence(wire.below, 'header.watermark.below'), open: open.map(readOpen) }
}

export function encodeCoordinatorHeader(header: CoordinatorHeader): WireCoordinatorHeader {
  return {
    logId: uuidBytes(header.logId),
    epoch: header.epoch,
    recordSequence: header.recordSequence,
    seenRecordSequence: header.seenRecordSequence,
    watermark: header.watermark === undefined ? null : writeWatermark(header.watermark),
    address: header.address,
    sentAtMs: header.sentAt,
    ...(header.seenStorageId === undefined ? {} : { seenStorageId: uuidBytes(header.seenStorageId) }),
  }
}

export function readCoordinatorHeader(wire: WireCoordinatorHeader | null | undefined): CoordinatorHeader {
  const header = required(wire, 'header')
  const { seenStorageId } = header
  return {
    logId: readLogId(header.logId, 'header.logId'),
    epoch: readEpoch(header.epoch),
    recordSequence: toCount(header.recordSequence, 'header.recordSequence'),
    seenRecordSequence: toCount(header.seenRecordSequence, 'header.seenRecordSequence'),
    watermark: readWatermark(header.watermark),
    address: readName(header.address, 'header.address'),
    sentAt: readInstant(header.sentAtMs, 'header.sentAtMs'),
    ...(isEmpty(seenStorageId) ? {} : { seenStorageId: readStorageId(seenStorageId, 'header.seenStorageId') }),
  }
}

export function encodeParticipantHeader(header: ParticipantHeader): WireParticipantHeader {
  return {
    storageId: uuidBytes(header.storageId),
    boot: header.boot,
    recordSequence: header.recordSequence,
    seenRecordSequence: header.seenRecordSequence,
    forcedTurn: header.forcedTurn,
    participant: header.participant,
    sentAtMs: header.sentAt,
  }
}

export function readParticipantHeader(wire: WireParticipantHeader | null | undefined): ParticipantHeader {
  const header = required(wire, 'header')
  return {
    storageId: readStorageId(header.storageId, 'header.storageId'),
    boot: readBoot(header.boot),
    recordSequence: toCount(header.recordSequence, 'header.recordSequence'),
    seenRecordSequence: toCount(header.seenRecordSequence, 'header.seenRecordSequence'),
    forcedTurn: toCount(header.forcedTurn, 'header.forcedTurn'),
    participant: readParticipantName(header.participant, 'header.participant'),
    sentAt: readInstant(header.sentAtMs, 'header.sentAtMs'),
  }
}

const isEmpty = (bytes: Uint8Array | string | null | undefined): boolean => (bytes?.length ?? 0) === 0

export const decodeCoordinatorHeader = gateway(readCoordinatorHeader)
export const decodeParticipantHeader = gateway(readParticipantHeader)
