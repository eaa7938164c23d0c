// The message × crash matrix (cells S1 to S5 and R1 to R5): for every message of three-phase and saga, its sender or its
// receiver dies at each place around it. A cell names the process, the crash point, and the play in which the message is
// sent. Two participants; whoever dies comes back.
//
// A participant appends and forces in one local commit, so that its R2 and R3 (and S1 and S2 of its answers) are one place.

import type { CrashPoint } from '../../../log/index.ts'

export type Play =
  /** Both say yes. */
  | 'commit'
  /** The second one refuses. */
  | 'refusal'
  /** Three-phase: branches are called one after another, so that they are sealed at commit. */
  | 'interactive'
  /** Three-phase: the coordinator dies when the first ack of PreCommit arrives, and comes back: it asks the members again. */
  | 'recovery'
  /** Three-phase: the coordinator is dead before anybody has pre-committed: the members ask each other. */
  | 'members'
  /** Saga: the first try of the second branch throws. */
  | 'failure'

export type Place = 'coordinator' | 'a' | 'b'

export interface Cell {
  readonly protocol: 'three-phase' | 'saga'
  readonly message: string
  readonly cell: 'S1' | 'S2' | 'S3' | 'S4' | 'S5' | 'R1' | 'R2/R3' | 'R4' | 'R5' | 'R2' | 'R3'
  readonly play: Play
  readonly place: Place
  readonly point: `${CrashPoint}${'' | `@${number}`}`
}

type Points = Partial<Record<Cell['cell'], Cell['point']>>

interface Row {
  readonly protocol: Cell['protocol']
  readonly message: string
  readonly play: Play
  readonly sender: { readonly place: Place; readonly points: Points }
  readonly receiver: { readonly place: Place; readonly points: Points }
}

type Written = 'pre-committed' | 'decision' | 'pledged' | 'saga' | 'compensating'
type Sent = 'prepare' | 'pre-commit' | 'collect' | 'commit' | 'abort' | 'status'
type Kind = 'vote' | 'promise' | 'adoption' | 'commit' | 'abort'

/** A message of the coordinator that rests on this record of its log. */
const sends = (message: Sent, record?: Written): Points => ({
  ...(record === undefined
    ? {}
    : {
        S1: `coordinator.before-${record}-append`,
        S2: `coordinator.after-${record}-append`,
        S3: `coordinator.after-${record}-force`,
      }),
  ...(record === undefined ? { S3: `coordinator.before-${message}-send` } : {}),
  S4: `coordinator.after-first-${message}-send`,
  S5: `coordinator.after-every-${message}-send`,
})

/** A participant handles it and writes a record of this kind. */
const handles = (message: Sent, kind: Kind): Points => ({
  R1: `participant.on-${message}`,
  'R2/R3': `participant.before-${kind}-force`,
  R4: `participant.after-${kind}-force`,
  R5: `participant.after-${kind}-sent`,
})

/** An answer of a participant: the same places, seen from its other end. */
const answers = (kind: Kind): Points => ({
  S1: `participant.before-${kind}-force`,
  S3: `participant.after-${kind}-force`,
  S5: `participant.after-${kind}-sent`,
})

type Arrival = 'vote' | 'ballot-answer' | 'decision-answer' | 'status-answer'

/** The coordinator hears it and goes on to this record and this message. */
const hears = (message: Arrival, record?: Written, next?: Sent): Points => ({
  R1: `coordinator.on-${message}`,
  ...(record === undefined
    ? {}
    : {
        R2: `coordinator.before-${record}-append`,
        R3: `coordinator.after-${record}-append`,
        R4: `coordinator.after-${record}-force`,
      }),
  ...(next === undefined ? {} : { R5: `coordinator.after-every-${next}-send` }),
})

const coordinator = (points: Points) => ({ place: 'coordinator', points }) as const
const first = (points: Points) => ({ place: 'a', points }) as const
const second = (points: Points) => ({ place: 'b', points }) as const

const threePhase: readonly Omit<Row, 'protocol'>[] = [
  {
    message: 'Prepare',
    play: 'commit',
    sender: coordinator(sends('prepare')),
    receiver: first(handles('prepare', 'vote')),
  },
  {
    message: 'Yes',
    play: 'commit',
    sender: second(answers('vote')),
    receiver: coordinator(hears('vote', 'pre-committed', 'pre-commit')),
  },
  {
    message: 'No',
    play: 'refusal',
    sender: second(answers('abort')),
    receiver: coordinator(hears('vote', undefined, 'abort')),
  },
  {
    message: 'Prepare, to seal',
    play: 'interactive',
    sender: coordinator({
      S3: 'coordinator.before-prepare-send@3',
      S4: 'coordinator.after-first-prepare-send@3',
      S5: 'coordinator.after-every-prepare-send@3',
    }),
    receiver: first({
      R1: 'participant.on-prepare@2',
      'R2/R3': 'participant.before-promise-force',
      R4: 'participant.after-promise-force',
      R5: 'participant.after-promise-sent',
    }),
  },
  {
    message: 'PreCommit',
    play: 'commit',
    sender: coordinator(sends('pre-commit', 'pre-committed')),
    receiver: first(handles('pre-commit', 'adoption')),
  },
  {
    message: 'PreCommit ack',
    play: 'commit',
    sender: second(answers('adoption')),
    receiver: coordinator(hears('ballot-answer', 'decision', 'commit')),
  },
  {
    message: 'Commit',
    play: 'commit',
    sender: coordinator(sends('commit', 'decision')),
    receiver: first(handles('commit', 'commit')),
  },
  {
    message: 'Commit ack',
    play: 'commit',
    sender: second(answers('commit')),
    receiver: coordinator({ ...hears('decision-answer'), R2: 'coordinator.after-all-acks' }),
  },
  {
    message: 'Abort',
    play: 'refusal',
    sender: coordinator(sends('abort')),
    receiver: first(handles('abort', 'abort')),
  },
  {
    message: 'Collect',
    play: 'recovery',
    sender: coordinator(sends('collect', 'pledged')),
    receiver: first({
      R1: 'participant.on-collect',
      'R2/R3': 'participant.before-promise-force',
      R4: 'participant.after-promise-force',
      R5: 'participant.after-promise-sent',
    }),
  },
  {
    message: 'State',
    play: 'recovery',
    sender: second({
      S1: 'participant.before-promise-force',
      S3: 'participant.after-promise-force',
      S5: 'participant.after-promise-sent',
    }),
    receiver: coordinator({
      R1: 'coordinator.on-ballot-answer',
      R2: 'coordinator.before-pledged-append@2',
      R3: 'coordinator.after-pledged-append@2',
      R4: 'coordinator.after-pledged-force@2',
      R5: 'coordinator.after-every-pre-commit-send',
    }),
  },
  {
    message: 'Collect, between members',
    play: 'members',
    sender: first({
      S1: 'participant.before-promise-force',
      S3: 'participant.after-promise-force',
      S5: 'participant.after-promise-sent',
    }),
    receiver: second({
      R1: 'participant.on-collect',
      'R2/R3': 'participant.before-promise-force',
      R4: 'participant.after-promise-force',
      R5: 'participant.after-promise-sent',
    }),
  },
  {
    message: 'PreAbort, between members',
    play: 'members',
    sender: first({
      S1: 'participant.before-adoption-force',
      S3: 'participant.after-adoption-force',
      S5: 'participant.after-adoption-sent',
    }),
    receiver: second({
      R1: 'participant.on-pre-abort',
      'R2/R3': 'participant.before-adoption-force',
      R4: 'participant.after-adoption-force',
      R5: 'participant.after-adoption-sent',
    }),
  },
]

const saga: readonly Omit<Row, 'protocol'>[] = [
  {
    message: 'Prepare',
    play: 'commit',
    sender: coordinator(sends('prepare', 'saga')),
    receiver: first(handles('prepare', 'vote')),
  },
  {
    message: 'Yes',
    play: 'commit',
    sender: second(answers('vote')),
    receiver: coordinator(hears('vote', 'decision', 'commit')),
  },
  {
    message: 'No',
    play: 'refusal',
    sender: second(answers('abort')),
    receiver: coordinator(hears('vote', 'compensating', 'abort')),
  },
  {
    message: 'Failed',
    play: 'failure',
    sender: second({ S1: 'participant.on-prepare', S5: 'participant.on-prepare@2' }),
    receiver: coordinator({ R1: 'coordinator.on-vote@2', R5: 'coordinator.after-every-prepare-send@3' }),
  },
  {
    message: 'Commit',
    play: 'commit',
    sender: coordinator(sends('commit', 'decision')),
    receiver: first(handles('commit', 'commit')),
  },
  {
    message: 'Commit ack',
    play: 'commit',
    sender: second(answers('commit')),
    receiver: coordinator({ ...hears('decision-answer'), R2: 'coordinator.after-all-acks' }),
  },
  {
    message: 'Abort, to compensate',
    play: 'refusal',
    sender: coordinator(sends('abort', 'compensating')),
    receiver: first(handles('abort', 'abort')),
  },
  {
    message: 'Abort ack',
    play: 'refusal',
    sender: first(answers('abort')),
    receiver: coordinator({ ...hears('decision-answer'), R2: 'coordinator.after-all-acks' }),
  },
]

function cellsOf(protocol: Cell['protocol'], { message, play, sender, receiver }: Omit<Row, 'protocol'>): Cell[] {
  return [sender, receiver].flatMap(({ place, points }) =>
    (Object.entries(points) as [Cell['cell'], Cell['point']][]).map(([cell, point]) => ({
      protocol,
      message,
      cell,
      play,
      place,
      point,
    })),
  )
}

export const cells: readonly Cell[] = [
  ...threePhase.flatMap((row) => cellsOf('three-phase', row)),
  ...saga.flatMap((row) => cellsOf('saga', row)),
]
