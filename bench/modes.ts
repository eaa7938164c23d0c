// What is compared with what.

import type { TargetName } from './load/targets.ts'
import type { WorldKind } from './processes/world.ts'

export interface Mode {
  readonly name: ModeName
  readonly world: WorldKind
  readonly target: TargetName
  /** For tables and pages. */
  readonly title: string
  readonly meaning: string
}

export const modeNames = ['bare', 'submit', 'interactive', 'three-phase', 'saga', 'unary', 'plain'] as const
export type ModeName = (typeof modeNames)[number]

export const modes: readonly Mode[] = [
  {
    name: 'bare',
    world: 'bare',
    target: 'bare',
    title: 'bare loop',
    meaning: 'the same processes, messages, rows and forced writes without a protocol: the limit to measure against',
  },
  {
    name: 'submit',
    world: 'sessions',
    target: 'submit',
    title: 'two-phase, submit',
    meaning: 'all branches in one request',
  },
  {
    name: 'interactive',
    world: 'sessions',
    target: 'interactive',
    title: 'two-phase, interactive',
    meaning: 'begin, three calls at once, commit',
  },
  {
    name: 'three-phase',
    world: 'sessions',
    target: 'three-phase',
    title: 'three-phase, submit',
    meaning: 'one more round, forced by everybody',
  },
  {
    name: 'saga',
    world: 'sessions',
    target: 'saga',
    title: 'saga, submit',
    meaning: 'branches in parallel',
  },
  {
    name: 'unary',
    world: 'unary',
    target: 'submit',
    title: 'two-phase, unary participants',
    meaning: 'as participants in another language: no sessions between coordinator and participants',
  },
  {
    name: 'plain',
    world: 'plain',
    target: 'plain',
    title: 'hand-written, not atomic',
    meaning: 'three unary calls, each service commits on its own: what a crash leaves half done stays half done',
  },
]

export const modeOf = (name: ModeName): Mode => {
  const mode = modes.find((one) => one.name === name)
  if (mode === undefined) throw new Error(`there is no mode ${name}`)
  return mode
}
