// Who kills itself where, under which protocol, and how long the coordinator is left dead: the moment at which the
// protocols differ most.

import type { Protocol } from 'concordat/protocol'
import type { Alone } from './in-doubt.ts'
import type { PlannedOrder } from './plan.ts'
import type { ProcessName } from './processes.ts'

export interface Doom {
  readonly process: ProcessName
  readonly crashPoint: string
  /** What it has done when it dies, and what not. */
  readonly scene: string
  /** Absent: it is started again at once. */
  readonly without?: WithoutIt
}

/** How the services are left alone. */
export interface WithoutIt {
  readonly atMostMs: number
  /** They can end everything without it; if they do not, the play has failed. */
  readonly mustEnd: boolean
  readonly tell: (alone: Alone & { readonly halfDone: number }) => string
}

interface CoordinatorDoom extends Doom {
  /** Not every order comes to this point. */
  readonly isRare: boolean
  /** The orders that are placed meanwhile. */
  readonly cast: (orders: readonly PlannedOrder[]) => readonly PlannedOrder[]
}

export const participantDoom: Doom = {
  process: 'payments',
  crashPoint: 'participant.after-vote-sent',
  scene: 'after it has said yes to an order and before it has heard how the order ends',
}

const decided = {
  process: 'coordinator',
  crashPoint: 'coordinator.after-decision-force',
  scene: 'after it has decided to commit an order and before it has told anybody',
  isRare: false,
} as const

const inOneRequest = (orders: readonly PlannedOrder[]): PlannedOrder[] =>
  orders.map((order) => ({ ...order, style: 'submit' }))

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s later`

export const coordinatorDoom: Readonly<Record<Protocol, CoordinatorDoom>> = {
  'two-phase': {
    ...decided,
    cast: (orders) => orders,
    without: {
      atMostMs: 3_000,
      mustEnd: false,
      tell: ({ ms, before, left }) =>
        `${seconds(ms)} ${left} of the ${before} orders that were under way still wait, because no service knows how ` +
        'they end.',
    },
  },
  'three-phase': {
    ...decided,
    // An order that is called step by step is sealed only when commit is asked for. Until then the services do not know
    // who the others are, and wait for the order's timeout before they abort.
    cast: inOneRequest,
    without: {
      atMostMs: 30_000,
      mustEnd: true,
      tell: ({ ms, before }) =>
        `${seconds(ms)} the services have ended all ${before} orders that were under way among themselves.`,
    },
  },
  saga: {
    process: 'coordinator',
    crashPoint: 'coordinator.after-compensating-force',
    scene: 'after it has written down that a refused order is taken back and before it has told anybody',
    isRare: true,
    // An order that is called step by step needs its storefront, too, and that has told the customer "unknown" and gone
    // on. It would be compensated at its timeout, and not when the coordinator is back.
    cast: inOneRequest,
    without: {
      atMostMs: 1_000,
      mustEnd: false,
      tell: ({ ms, before, left, halfDone }) =>
        `${seconds(ms)} ${left} of the ${before} orders that were under way still wait for it, and ${halfDone} are ` +
        'half done for everybody to see.',
    },
  },
}
