// The message × crash matrix (protocols.md 8.2): for every message that a play sends, every cell, with the first and the
// last participant, one to three of them, over streams and unary calls. A case is one simulated world with one fault.
//
// X1 Which moments a play has is found by playing it without a fault. Up to its fault a case is that same play, so that a
//    fault at one of those moments strikes; one that does not is reported, like a broken rule.
// X2 A cell that has no place beside a message is reported with the reason.

import type { Protocol } from '../protocol/index.ts'
import type { Violation } from './history.ts'
import { type CellId, cellIds, type Message, placeOf } from './matrix-cells.ts'
import { Fault } from './matrix-fault.ts'
import { jobsOf, type PlayName, participantsOf, plays, settingsOf } from './matrix-plays.ts'
import { Recorder } from './matrix-watch.ts'
import type { Mutant } from './mutants.ts'
import type { Probe } from './probe.ts'
import { type Result, runSeed } from './run.ts'
import type { World } from './world.ts'

/** Where a case takes place. */
export interface Setup {
  readonly protocol: Protocol
  readonly play: PlayName
  readonly participants: number
  readonly isUnary: boolean
}

export interface Case extends Setup {
  readonly message: string
  readonly from: string
  readonly to: string
  readonly cell: CellId
  readonly place: ReturnType<typeof placeOf>
}

export type Verdict =
  | { readonly verdict: 'passed' }
  | { readonly verdict: 'failed'; readonly violation: Violation }
  | { readonly verdict: 'never'; readonly reason: string }

export function setups(protocols: readonly Protocol[]): Setup[] {
  return protocols.flatMap((protocol) =>
    plays[protocol].flatMap((play) =>
      participantsOf(play).flatMap((participants) =>
        [false, true].map((isUnary) => ({ protocol, play, participants, isUnary })),
      ),
    ),
  )
}

/** Every message of the play beside every cell. */
export function casesOf(setup: Setup, mutant?: Mutant): Case[] {
  const { moments, streams } = record(setup, mutant)
  const messages = moments.flatMap((moment, leaves) => {
    if (moment.what !== 'leaves' || moment.nth !== 1) return []
    const [way = '', ...words] = moment.key.split(' ')
    const [from = '', to = ''] = way.split('>')
    const arrives = moments.findIndex(({ what, key, nth }) => what === 'arrives' && key === moment.key && nth === 1)
    const message: Message = { word: words.join(' '), from, to, isStream: streams.has(moment.key), leaves, arrives }
    return [message]
  })
  return messages.flatMap((message) =>
    cellIds
      .filter((cell) => isVictim(message, cell, setup.participants))
      .map((cell) => {
        const { word, from, to } = message
        return { ...setup, message: word, from, to, cell, place: placeOf(cell, message, moments) }
      }),
  )
}

/** The first and the last one; where some have been sent it and others not, everyone. */
function isVictim({ from, to }: Message, cell: CellId, participants: number): boolean {
  const ends = ['p1', `p${participants}`]
  const named = [from, to].filter((name) => name.startsWith('p'))
  return cell === 'S4' || cell === 'S5' || named.every((name) => ends.includes(name))
}

/** `second`: at which boundary of its recovery the victim dies again; 0: at none. */
export function playCase(one: Case, second = 0, mutant?: Mutant): Verdict & { readonly hasFiredTwice: boolean } {
  const { place, play, cell } = one
  if ('never' in place) return { verdict: 'never', reason: place.never, hasFiredTwice: false }
  let fault: Fault | undefined
  const result = run(one, mutant, afterwards(cell), (world) => {
    fault = new Fault(world, play, cell, place.at, second)
    return fault
  })
  const { hasFired = false, hasFiredTwice = false, whyNot = '' } = fault ?? {}
  const [violation] = result.violations
  if (violation !== undefined) return { verdict: 'failed', violation, hasFiredTwice }
  if (hasFired) return { verdict: 'passed', hasFiredTwice }
  if (whyNot !== '') return { verdict: 'never', reason: whyNot, hasFiredTwice }
  const sentence = `the fault never struck at ${place.at.what} ${place.at.key} ${place.at.nth}`
  return { verdict: 'failed', violation: { predicate: 'NEVER-FIRED', sentence, about: '' }, hasFiredTwice }
}

/** The story of a case, for people. */
export function tellCase(one: Case, second = 0): Result | undefined {
  const { place, play, cell } = one
  if ('never' in place) return undefined
  return run(one, undefined, afterwards(cell), (world) => new Fault(world, play, cell, place.at, second))
}

export const nameOf = ({ protocol, play, participants, isUnary, message, from, to, cell }: Case): string =>
  `${protocol}/${play}/${participants}/${isUnary ? 'unary' : 'stream'}/${from}>${to} ${message}/${cell}`

/** One more shows that everybody is well again; two make the participants drop what has ended. */
const afterwards = (cell: CellId): number => (cell === 'N4' ? 2 : 1)

function record(setup: Setup, mutant: Mutant | undefined): Recorder {
  let recorder: Recorder | undefined
  run(setup, mutant, 1, (world) => {
    recorder = new Recorder(world, setup.play)
    return recorder
  })
  return recorder as unknown as Recorder
}

function run(
  { protocol, play, participants, isUnary }: Setup,
  mutant: Mutant | undefined,
  after: number,
  probe: (world: World) => Probe,
): Result {
  const settings = settingsOf(protocol, play, participants, isUnary)
  const script = { pauseMs: 100, jobs: jobsOf(protocol, play, participants, after), probe }
  return runSeed(1, protocol, { settings, script, ...(mutant === undefined ? {} : { mutant }) })
}
