// The crash points: named places between two effects where tests stop the process with SIGKILL, as a power cut would.
//
// Owns the one table of their names and the switch. Does not own what is tested there: the end-to-end tests iterate the
// table, and the code that stands at a point says by its place what is done and what is not.
//
// C1 Without CONCORDAT_CRASH_POINT in the environment a point costs one comparison and does nothing.
// C2 An unknown name stops the process at start: a test that crashes nowhere proves nothing.
// C3 The process is killed, not ended: no handler runs, nothing is flushed.

export const crashPoints = {
  'participant.before-vote-force': 'the work and its record are in the open local transaction; nothing is durable',
  'participant.after-vote-force': 'the vote is durable; nobody was told',
  'participant.after-vote-sent': 'the vote has left for the coordinator',
  'participant.before-commit-force': 'the commit work is in the open local transaction; nothing of it is durable',
  'participant.after-commit-force': 'the commit is applied and durable; the coordinator was not told',
  'participant.after-commit-sent': 'the answer to Commit has left for the coordinator',
  'coordinator.before-prepare-send': 'the transaction is known in memory; no Prepare was sent',
  'coordinator.after-first-prepare-send': 'one participant was sent its Prepare, the others were not',
  'coordinator.before-decision-append': 'all votes are yes; the decision is not recorded',
  'coordinator.after-decision-append': 'the decision is appended and not forced; nobody was told',
  'coordinator.after-decision-force': 'the decision is durable; no Commit was sent',
  'coordinator.after-first-commit-send': 'one participant was sent its Commit, the others were not',
  'coordinator.after-all-acks': 'every participant has acked; the end record is not appended',
  'coordinator.after-delegated-force': 'the one-phase delegation is durable; its Prepare was not sent',
} as const satisfies Readonly<Record<string, string>>

export type CrashPoint = keyof typeof crashPoints

/** Which hit of each point kills, from `name` or `name@n`, several separated by commas. */
export function parseCrashPoints(text: string): Map<CrashPoint, number> {
  const armed = new Map<CrashPoint, number>()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const [name = '', hit = '1', ...rest] = entry.split('@')
    if (!Object.hasOwn(crashPoints, name)) {
      const known = Object.keys(crashPoints).join(', ')
      throw new Error(`CONCORDAT_CRASH_POINT: there is no crash point '${name}'. Known: ${known}`)
    }
    if (rest.length > 0 || !/^[1-9]\d{0,8}$/.test(hit)) {
      throw new Error(`CONCORDAT_CRASH_POINT: '${entry}' is not of the form name or name@n, with n from 1`)
    }
    armed.set(name as CrashPoint, Number(hit))
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
  const hitsLeft = armed.get(name)
  if (hitsLeft === undefined) return
  armed.set(name, hitsLeft - 1)
  if (hitsLeft === 1) process.kill(process.pid, 'SIGKILL')
}
