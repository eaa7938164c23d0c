// The cells of the matrix: where a fault may strike beside one message, and why some do not apply to it (protocols.md 8.2).

export type CellId =
  | 'S1'
  | 'S2 kept'
  | 'S2 lost'
  | 'S3'
  | 'S4'
  | 'S5'
  | 'R1'
  | 'R2'
  | 'R3 kept'
  | 'R3 lost'
  | 'R4'
  | 'R5'
  | 'N1'
  | 'N2'
  | 'N3'
  | 'N4'
  | 'N5'
  | 'N6'
  | 'N7'
  | 'N8'
  | 'P1'
  | 'P2'
  | 'D1 S'
  | 'D1 R'
  | 'D2 S'
  | 'D2 R'
  | 'E1 S'
  | 'E1 R'
  | 'C1'
  | 'C2'

export const cells: Readonly<Record<CellId, string>> = {
  S1: 'the sender dies before the record that the message rests on is appended',
  'S2 kept': 'the sender dies in the force of that record, and the record survives',
  'S2 lost': 'the sender dies in the force of that record, and the record is lost',
  S3: 'the sender dies after the force, before the message leaves',
  S4: 'the sender dies when some of the receivers have been sent it',
  S5: 'the sender dies when everyone has been sent it',
  R1: 'the receiver dies before it handles it',
  R2: 'the receiver dies before it appends what it makes of it',
  'R3 kept': 'the receiver dies in the force of that, and it survives',
  'R3 lost': 'the receiver dies in the force of that, and it is lost',
  R4: 'the receiver dies after the force, before it answers',
  R5: 'the receiver dies when its next message has left',
  N1: 'it is lost; on a stream, with the stream',
  N2: 'it comes twice, at once',
  N3: 'it comes again after the transaction has ended',
  N4: 'it comes again after the participants have dropped what they knew of the transaction',
  N5: 'it comes after the timeouts and tries of whoever sent it',
  N6: 'the next message to the same receiver overtakes it',
  N7: 'the way of the message is cut for longer than all timeouts',
  N8: 'the way back is cut for longer than all timeouts',
  P1: 'the sender is paused for longer than all timeouts, just before it leaves',
  P2: 'the receiver is paused for longer than all timeouts, just before it handles it',
  'D1 S': 'the sender dies when it has left, and its disk is lost',
  'D1 R': 'the receiver dies before it handles it, and its disk is lost',
  'D2 S': 'the sender dies when it has left, and comes back with a copy of its disk from before the transaction',
  'D2 R': 'the receiver dies before it handles it, and comes back with a copy of its disk from before the transaction',
  'E1 S': 'the force of the record that the message rests on fails',
  'E1 R': 'the force of what the receiver makes of it fails',
  C1: 'the coordinator dies, and another one takes over',
  C2: 'it comes from a coordinator that has died, after its successor has spoken',
}

export const cellIds = Object.keys(cells) as CellId[]

/** Something that happens in a play without a fault: the n-th of its kind in the transaction. */
export interface Moment {
  readonly what: 'leaves' | 'arrives' | 'append' | 'force'
  /** `from>to word`, or who writes. */
  readonly key: string
  readonly nth: number
}

export interface Message {
  readonly word: string
  readonly from: string
  readonly to: string
  readonly isStream: boolean
  /** Which moment it is among all of the play. */
  readonly leaves: number
  readonly arrives: number
}

/** Where the fault strikes, or why there is no such place. */
export type Place = { readonly at: Moment } | { readonly never: string }

const isClient = (name: string): boolean => name.startsWith('k')

const noDisk = 'a client has no disk, and nobody starts it again'
const stream = 'a stream delivers each frame once and in order, and ends with its process'
const unreadable = 'it does not arrive in this play'

export function placeOf(cell: CellId, message: Message, moments: readonly Moment[]): Place {
  const { from, to, word, isStream, leaves, arrives } = message
  const itself = moments[leaves] as Moment
  const sender = cell.endsWith('S') || cell.startsWith('S') || cell === 'C2' ? from : undefined
  const receiver = cell.endsWith('R') || cell.startsWith('R') ? to : undefined
  if ((sender !== undefined && isClient(sender)) || (receiver !== undefined && isClient(receiver))) {
    return { never: noDisk }
  }
  if (arrives === -1 && (receiver !== undefined || cell === 'P2')) return { never: unreadable }
  const atArrival: Place = { at: moments[arrives] as Moment }
  switch (cell) {
    case 'S1':
      return lastBefore(moments, leaves, 'append', from)
    case 'S2 kept':
    case 'S2 lost':
    case 'S3':
    case 'E1 S':
      return lastForceBefore(moments, leaves, from)
    case 'S4':
    case 'S5': {
      const others = moments
        .slice(leaves + 1)
        .some(
          ({ what, key, nth }) =>
            what === 'leaves' && nth === 1 && key.startsWith(`${from}>`) && key.endsWith(` ${word}`),
        )
      if (cell === 'S4' && !others) return { never: 'nobody else is sent it after that' }
      if (cell === 'S5' && others) return { never: 'others are sent it after that: S4' }
      return { at: itself }
    }
    case 'R1':
    case 'P2':
    case 'D1 R':
    case 'D2 R':
      return atArrival
    case 'R2':
      return firstAfter(moments, arrives, 'append', to)
    case 'R3 kept':
    case 'R3 lost':
    case 'R4':
    case 'E1 R':
      return firstAfter(moments, arrives, 'force', to)
    case 'R5': {
      const next = moments.slice(arrives + 1).find(({ what, key }) => what === 'leaves' && key.startsWith(`${to}>`))
      return next === undefined ? { never: 'the receiver says nothing more' } : { at: next }
    }
    case 'N2':
    case 'N3':
    case 'N4':
    case 'N6':
      return isStream ? { never: stream } : { at: itself }
    case 'C1':
      return { never: 'one coordinator for each log: its file is locked, and no other one can take over' }
    case 'C2':
      if (from !== 'c') return { never: 'only coordinators have successors' }
      if (isClient(to)) return { never: 'an answer to a client is no order: N5' }
      return isStream ? { never: stream } : { at: itself }
    case 'N1':
    case 'N5':
    case 'N7':
    case 'N8':
    case 'P1':
    case 'D1 S':
    case 'D2 S':
      return { at: itself }
  }
}

function lastBefore(moments: readonly Moment[], index: number, what: 'append' | 'force', who: string): Place {
  const found = moments.slice(0, index).findLast((moment) => moment.what === what && moment.key === who)
  return found === undefined ? { never: 'its sender writes nothing before it' } : { at: found }
}

/** A force is the message's only if what it makes durable was the last that its sender wrote. */
function lastForceBefore(moments: readonly Moment[], index: number, who: string): Place {
  const its = moments.slice(0, index).filter(({ what, key }) => (what === 'append' || what === 'force') && key === who)
  const last = its.at(-1)
  if (last === undefined) return { never: 'its sender writes nothing before it' }
  return last.what === 'force' ? { at: last } : { never: 'it leaves before the force: nothing rests on it yet' }
}

function firstAfter(moments: readonly Moment[], index: number, what: 'append' | 'force', who: string): Place {
  const found = moments.slice(index + 1).find((moment) => moment.what === what && moment.key === who)
  return found === undefined ? { never: 'its receiver writes nothing more' } : { at: found }
}
