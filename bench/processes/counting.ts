// Builds counting.c and reads what it counted. Where it cannot be built the reason is a value: the tables then say so.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Counting =
  | { readonly isCounting: true; readonly env: Readonly<Record<string, string>>; readonly folder: string }
  | { readonly isCounting: false; readonly reason: string }

export interface Counts {
  readonly fsyncs: number
  readonly fdatasyncs: number
  readonly diskBytes: number
  readonly networkBytes: number
}

const source = fileURLToPath(new URL('../../../bench/processes/counting.c', import.meta.url))

export function buildCounting(folder: string): Counting {
  if (process.platform !== 'linux') {
    return { isCounting: false, reason: `system calls are counted on Linux only, this is ${process.platform}` }
  }
  const library = join(folder, 'counting.so')
  const counts = join(folder, 'counts')
  mkdirSync(counts, { recursive: true })
  const args = ['-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-o', library, source, '-ldl']
  const { status, stderr, error } = spawnSync('gcc', args, { encoding: 'utf8' })
  if (error !== undefined) return { isCounting: false, reason: 'system calls are not counted: there is no gcc' }
  if (status !== 0) return { isCounting: false, reason: `gcc does not build ${source}:\n${stderr}` }
  return { isCounting: true, folder: counts, env: { LD_PRELOAD: library, BENCH_COUNTS: counts } }
}

/** What a process has done since its start. */
export function readCounts(counting: Counting, pid: number): Counts {
  if (!counting.isCounting) return { fsyncs: 0, fdatasyncs: 0, diskBytes: 0, networkBytes: 0 }
  const bytes = readFileSync(join(counting.folder, String(pid)))
  const at = (index: number): number => Number(bytes.readBigUInt64LE(index * 8))
  return { fsyncs: at(0), fdatasyncs: at(1), diskBytes: at(2), networkBytes: at(3) }
}
