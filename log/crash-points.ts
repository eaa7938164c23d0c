// The crash points: named places between two effects where tests stop the process with SIGKILL, as a power cut would.
//
// Owns the one table of their names and the switch. Does not own what is tested there: the end-to-end tests iterate the
// table, and the code that stands at a point says by its place what is done and what is not.
//
// C1 Without CONCORDAT_CRASH_POINT in the environment a point costs one comparison and does nothing.
// C2 An unknown name stops the process at start: a test that crashes nowhere proves nothing.
// C3 The process is killed, not ended: no handler runs, nothing is flushed. With `:stop` it is stopped as by a debugger,
//    and goes on where it was when somebody continues it: the longest pause there is.
// C4 It says on stderr where it is about to stop, so that nobody has to guess whether a fault has happened.
//
// The places follow from the protocols: each side handles messages, writes records, sends messages (the cells S1 to S5
// and R1 to R5 of a message × crash matrix).

import { writeSync } from 'node:fs'

/** What each side is sent. */
const arrivals = {
  participant: ['prepare', 'pre-commit', 'pre-abort', 'collect', 'commit', 'abort', 'status'],
  coordinator: ['vote', 'ballot-answer', 'decision-answer', 'status-answer', 'collect', 'inquiry'],
} as const

/** What each side writes down and forces, before it says what rests on it. */
const records = {
  participant: ['vote', 'promise', 'adoption', 'commit', 'abort'],
  coordinator: ['decision', 'delegated', 'pre-committed', 'pledged', 'saga', 'compensating'],
} as const

/** What the coordinator sends to several participants. */
const sent = ['prepare', 'pre-commit', 'pre-abort', 'collect', 'commit', 'abort', 'status'] as const

type Arrival = {
  [Side in keyof typeof arrivals]: `${Side}.on-${(typeof arrivals)[Side][number]}`
}[keyof typeof arrivals]
type CoordinatorRecord = (typeof records.coordinator)[number]
export type CrashPoint =
  | Arrival
  | `participant.${'before' | 'after'}-${(typeof records.participant)[number]}-force`
  | `participant.after-${(typeof records.participant)[number]}-sent`
  | `coordinator.${'before' | 'after'}-${CoordinatorRecord}-append`
  | `coordinator.after-${CoordinatorRecord}-force`
  | `coordinator.${'before' | 'after-first' | 'after-every'}-${(typeof sent)[number]}-send`
  | 'coordinator.after-all-acks'

/** Every point, with what is done there and what is not. */
export const crashPoints: Readonly<Record<CrashPoint, string>> = Object.fromEntries([
  ...arrivals.participant.map((message) => [`participant.on-${message}`, `a ${message} has arrived; nothing was done`]),
  ...records.participant.flatMap((record) => [
    [`participant.before-${record}-force`, `the ${record} is in the open local transaction; nothing of it is durable`],
    [`participant.after-${record}-force`, `the ${record} is durable; nobody was told`],
    [`participant.after-${record}-sent`, `the answer that rests on the ${record} has left`],
  ]),
  ...arrivals.coordinator.map((message) => [`coordinator.on-${message}`, `a ${message} has arrived; nothing was done`]),
  ...records.coordinator.flatMap((record) => [
    [`coordinator.before-${record}-append`, `the ${record} record is to be written; nothing of it is`],
    [`coordinator.after-${record}-append`, `the ${record} record is appended and not forced; nobody was told`],
    [`coordinator.after-${record}-force`, `the ${record} record is durable; nothing that rests on it was sent`],
  ]),
  ...sent.flatMap((message) => [
    [`coordinator.before-${message}-send`, `no ${message} was sent`],
    [`coordinator.after-first-${message}-send`, `one participant was sent its ${message}, the others were not`],
    [`coordinator.after-every-${message}-send`, `every ${message} has left`],
  ]),
  ['coordinator.after-all-acks', 'every participant has acked; the end record is not appended'],
])

export interface Armed {
  /** Which hit of it, from 1. */
  readonly hit: number
  readonly signal: 'SIGKILL' | 'SIGSTOP'
}

/** From `name`, `name@n`, `name:stop` or `name@n:stop`, several separated by commas. */
export function parseCrashPoints(text: string): Map<CrashPoint, Armed> {
  const armed = new Map<CrashPoint, Armed>()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const [, name = '', , hit = '1', stop] = /^([^@:]*)(@([1-9]\d{0,8}))?(:stop)?$/.exec(entry) ?? []
    if (name === '') {
      throw new Error(`CONCORDAT_CRASH_POINT: '${entry}' is not of the form name, name@n or name:stop, with n from 1`)
    }
    if (!Object.hasOwn(crashPoints, name)) {
      const known = Object.keys(crashPoints).join(', ')
      throw new Error(`CONCORDAT_CRASH_POINT: there is no crash point '${name}'. Known: ${known}`)
    }
    armed.set(name as CrashPoint, { hit: Number(hit), signal: stop === undefined ? 'SIGKILL' : 'SIGSTOP' })
  }
  return armed
}

const setting = process.env['CONCORDAT_CRASH_POINT'] ?? ''
const armed = setting === '' ? undefined : parseCrashPoints(setting)

/** Whether any crash point is armed: for places that must take a detour to stand at one. */
export const hasCrashPoints = armed !== undefined

/** Whether this one is armed. */
export const isArmed = (name: CrashPoint): boolean => armed?.has(name) === true

/** Kills this process if this is the armed hit of the point. Counted for each thread apart. */
export function crashPoint(name: CrashPoint): void {
  if (armed === undefined) return
  const point = armed.get(name)
  if (point === undefined) return
  const hit = point.hit - 1
  armed.set(name, { ...point, hit })
  if (hit !== 0) return
  writeSync(2, `crash point ${name}: ${point.signal}\n`)
  process.kill(process.pid, point.signal)
}
