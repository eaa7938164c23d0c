// All that a run has measured, and where.

import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import type { Floor } from '../measure/floor.ts'
import type { Growth } from '../measure/growth.ts'
import type { HardTimes } from '../measure/hard-times.ts'
import type { HeldMeasure } from '../measure/held.ts'
import type { Cell } from '../measure/matrix.ts'
import type { PartCost } from '../parts/part.ts'
import type { Plan } from '../plan.ts'

export interface Results {
  readonly machine: Machine
  readonly plan: Plan
  readonly cells: readonly Cell[]
  readonly floor: Floor | undefined
  readonly held: readonly HeldMeasure[]
  readonly hard: HardTimes | undefined
  readonly growth: Growth | undefined
  readonly parts: readonly PartCost[] | undefined
  /** Why system calls were not counted; undefined when they were. */
  readonly counting: string | undefined
  readonly seconds: number
}

export interface Machine {
  readonly cpu: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
  readonly sqlite: string
  readonly fileSystem: string
  /** How busy it was before the run began: runnable processes for each CPU. */
  readonly loadBefore: number
}

export function describeMachine(folder: string, sqlite: string, load: number): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cpus: all.length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    sqlite,
    fileSystem: fileSystemOf(folder),
    loadBefore: load / all.length,
  }
}

function fileSystemOf(folder: string): string {
  try {
    return execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}
