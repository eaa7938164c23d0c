// Makes kill -9 a loss of power for the SQLite files of a process (powerloss.c).

import { readFileSync } from 'node:fs'
import { type Built, buildLibrary } from './library.ts'

export interface PowerLossOptions {
  /** Percent of the writes that reach the file before they are synced. */
  readonly leak?: number
  /** Syncs do nothing and say that they have done it. */
  readonly isLying?: boolean
  /** Where the library counts syncs. */
  readonly stats?: string
}

export interface SyncCounts {
  readonly fsync: number
  readonly fdatasync: number
  readonly bytes: number
}

export const buildPowerLoss = (): Built => buildLibrary('powerloss')

/** For the environment of a process that shall lose power when it is killed. */
export function powerLossEnvironment(
  preload: string,
  { leak, isLying, stats }: PowerLossOptions = {},
): Record<string, string> {
  return {
    LD_PRELOAD: preload,
    ...(leak === undefined ? {} : { POWERLOSS_LEAK: String(leak) }),
    ...(isLying === true ? { POWERLOSS_LIE: '1' } : {}),
    ...(stats === undefined ? {} : { POWERLOSS_STATS: stats }),
  }
}

export const readSyncCounts = (stats: string): SyncCounts => JSON.parse(readFileSync(stats, 'utf8')) as SyncCounts
