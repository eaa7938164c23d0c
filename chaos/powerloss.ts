// Builds powerloss.c, which makes kill -9 a loss of power for the SQLite files of a process. Where it cannot be built
// the reason is a value: whoever wanted it says so and does without.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Built =
  | { readonly isBuilt: true; readonly library: string }
  | { readonly isBuilt: false; readonly reason: string }

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

const source = fileURLToPath(new URL('../../chaos/powerloss.c', import.meta.url))
const library = fileURLToPath(new URL('./powerloss.so', import.meta.url))

/** Builds it, unless what is there is newer than its source. */
export function buildPowerLoss(): Built {
  if (process.platform !== 'linux')
    return { isBuilt: false, reason: `LD_PRELOAD is for Linux, this is ${process.platform}` }
  if (existsSync(library) && statSync(library).mtimeMs > statSync(source).mtimeMs) return { isBuilt: true, library }
  mkdirSync(dirname(library), { recursive: true })
  // Under a name of its own first: several test processes may build at once.
  const fresh = join(dirname(library), `powerloss-${process.pid}.so`)
  const args = ['-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-o', fresh, source, '-ldl', '-lpthread']
  const { status, stderr, error } = spawnSync('gcc', args, { encoding: 'utf8' })
  if (error !== undefined) return { isBuilt: false, reason: 'no gcc here (Debian: apt-get install gcc libc6-dev)' }
  if (status !== 0) return { isBuilt: false, reason: `gcc does not build chaos/powerloss.c:\n${stderr}` }
  renameSync(fresh, library)
  return { isBuilt: true, library }
}

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
