// What one seed is made of: sizes, waits, faults and the mix of transactions. Each kind of fault is on in some worlds and
// off in others, so that rare ones meet each other (swarm testing).

import { type CoordinatorConfig, readConfig } from '../coordinator/config.ts'
import { type ParticipantConfig, resolveOptions } from '../participant/config.ts'
import type { Protocol } from '../protocol/index.ts'
import { longestFactor } from '../protocol/three-phase/round.ts'
import { type FaultKind, type FaultRates, faultKinds, newerKinds, noFaults } from './faults.ts'
import { Random } from './random.ts'

/** Those that the simulator runs. */
export const protocols: readonly Protocol[] = ['two-phase', 'three-phase', 'saga']

export interface Mix {
  /** Shares of one. */
  readonly interactive: number
  readonly withKey: number
  readonly readers: number
  readonly refused: number
  readonly throwing: number
  readonly poison: number
  readonly single: number
  readonly locks: number
  readonly waitsForApplied: number
  readonly givesUp: number
  /** How much of the work meets at the first account. */
  readonly hot: number
}

/** Many small worlds find more in the same time than fewer large ones; a large one is told with `--size large`. */
export type Size = 'small' | 'large'
export const sizes: readonly Size[] = ['small', 'large']

export interface Settings {
  readonly seed: number
  readonly size: Size
  readonly protocol: Protocol
  readonly participants: number
  readonly accounts: number
  readonly clients: number
  readonly jobs: number
  /** How long faults happen, at most. */
  readonly safetyMs: number
  /** How long the world goes on after everything has come to rest. */
  readonly afterMs: number
  readonly minMs: number
  readonly meanMs: number
  /** Share of participants that are spoken to in unary calls. */
  readonly unary: number
  /** A force takes up to so long. */
  readonly forceMs: number
  readonly requestTimeoutMs: number
  readonly restartMs: number
  /** Three-phase: for so long after the last fault the coordinator stays dead, and the members end everything (G3). */
  readonly aloneMs: number
  readonly mix: Mix
  readonly rates: FaultRates
  readonly coordinatorConfig: CoordinatorConfig
  readonly participantConfig: ParticipantConfig
}

/** The rate of each kind when it is on: for one message, turn or process, or for one second. */
const highestRates: FaultRates = {
  loss: 0.25,
  'reply-loss': 0.25,
  duplicate: 0.3,
  late: 0.15,
  'slow-message': 0.05,
  reset: 0.05,
  partition: 0.8,
  clog: 0.5,
  crash: 0.8,
  'crash-in-turn': 0.05,
  'crash-in-recovery': 0.4,
  'force-failure': 0.03,
  pause: 0.5,
  'slow-force': 0.05,
  'clock-step': 0.5,
  'clock-drift': 1,
  busy: 0.1,
  throw: 0.3,
  wipe: 0.5,
  'older-store': 0.4,
  'older-log': 0.4,
  heuristic: 0.4,
}

export function drawSettings(
  seed: number,
  protocol: Protocol,
  size: Size,
  overrides: Partial<Settings> = {},
): Settings {
  const random = new Random(seed, 1)
  const participants = 1 + random.below(4)
  const isCalm = random.chance(0.06)
  const drawn = drawAll(seed, protocol, random, participants, isCalm)
  // Proposers only come to an end when a question, and the longest of their rounds, may take as long as messages and forces.
  const { jobs, rates, mix, minMs, meanMs, forceMs, coordinatorConfig, participantConfig } = drawn
  const leastMs = Math.ceil(12 * (minMs + meanMs + forceMs))
  const { policy } = coordinatorConfig
  return {
    ...drawn,
    size,
    jobs: size === 'small' ? Math.ceil(jobs / 2) : jobs,
    // A transaction with one branch goes its own way, which is short: that many do is the only way to break it.
    mix: size === 'small' ? { ...mix, single: Math.min(1, 2 * mix.single) } : mix,
    rates: size === 'small' && rates !== noFaults ? drawNewer(seed, rates) : rates,
    coordinatorConfig: {
      ...coordinatorConfig,
      policy: { ...policy, roundTimeoutMs: Math.max(leastMs / longestFactor, policy.roundTimeoutMs) },
    },
    participantConfig: {
      ...participantConfig,
      roundTimeoutMs: Math.max(leastMs / longestFactor, participantConfig.roundTimeoutMs),
      inquiryTimeoutMs: Math.max(leastMs, participantConfig.inquiryTimeoutMs),
    },
    ...overrides,
  }
}

function drawAll(
  seed: number,
  protocol: Protocol,
  random: Random,
  participants: number,
  isCalm: boolean,
): Omit<Settings, 'size'> {
  return {
    seed,
    protocol,
    participants,
    accounts: 1 + random.below(4),
    clients: 1 + random.below(3),
    jobs: 1 + random.below(4),
    safetyMs: random.between(1_000, 6_000),
    afterMs: random.chance(0.4) ? random.between(200, 1_500) : 0,
    minMs: random.between(0, 3),
    meanMs: random.chance(0.3) ? random.between(5, 40) : random.between(0.2, 5),
    unary: random.pick([0, 0, 0.5, 1]),
    forceMs: random.chance(0.3) ? 20 : 1,
    requestTimeoutMs: random.between(100, 1_500),
    restartMs: random.pick([50, 300, 1_500]),
    aloneMs: protocol === 'three-phase' && random.chance(0.3) ? 30_000 : 0,
    mix: drawMix(random),
    rates: isCalm ? noFaults : drawRates(random),
    coordinatorConfig: drawCoordinatorConfig(random, participants),
    participantConfig: drawParticipantConfig(random),
  }
}

function drawRates(random: Random): FaultRates {
  const drawn: Record<FaultKind, number> = { ...noFaults }
  for (const kind of faultKinds) {
    if (newerKinds.includes(kind)) continue
    const isOn = random.chance(0.4)
    const share = random.next()
    if (isOn) drawn[kind] = highestRates[kind] * share * share
  }
  return drawn
}

/** People who put old files in place, or decide what is not theirs to decide: rarely, so that the others are still seen. */
function drawNewer(seed: number, rates: FaultRates): FaultRates {
  const random = new Random(seed, 5)
  const drawn: Record<FaultKind, number> = { ...rates }
  for (const kind of newerKinds) if (random.chance(0.08)) drawn[kind] = highestRates[kind] * random.next()
  return drawn
}

function drawMix(random: Random): Mix {
  const sometimes = (share: number): number => (random.chance(0.5) ? share * random.next() : 0)
  return {
    interactive: random.pick([0, 0.5, 1]),
    withKey: sometimes(0.6),
    readers: sometimes(0.5),
    refused: sometimes(0.3),
    throwing: sometimes(0.2),
    poison: sometimes(0.2),
    single: sometimes(0.5),
    locks: random.pick([0, 0.5, 1]),
    waitsForApplied: random.next(),
    givesUp: sometimes(0.2),
    hot: random.next(),
  }
}

const baseConfigs = new Map<number, CoordinatorConfig>()

/** As the coordinator is configured when nothing is said but its participants. */
export function baseConfig(participants: number): CoordinatorConfig {
  const base = baseConfigs.get(participants) ?? readConfig({ flags: { participants: namesOf(participants) } })
  baseConfigs.set(participants, base)
  return base
}

function drawCoordinatorConfig(random: Random, participants: number): CoordinatorConfig {
  const base = baseConfig(participants)
  const resendFirstMs = Math.floor(random.between(10, 100))
  return {
    ...base,
    transactionTimeoutMs: Math.floor(random.between(300, 4_000)),
    sagaTimeoutMs: Math.floor(random.between(1_000, 8_000)),
    inFlightMax: random.chance(0.1) ? 2 : base.inFlightMax,
    reconnect: { firstMs: 10, maxMs: 200 },
    policy: {
      ...base.policy,
      voteTimeoutMs: Math.floor(random.between(60, 1_500)),
      appliedWaitMs: Math.floor(random.between(10, 1_000)),
      resend: { firstMs: resendFirstMs, maxMs: resendFirstMs * 8 },
      onePhase: random.chance(0.7),
      roundTimeoutMs: Math.floor(random.between(30, 500)),
      sagaRetry: { tries: 1 + random.below(4), firstMs: resendFirstMs, maxMs: resendFirstMs * 8 },
    },
  }
}

const namesOf = (participants: number): string[] =>
  Array.from({ length: participants }, (_, index) => `p${index + 1}=p${index + 1}:1`)

const baseParticipantConfig = resolveOptions()

function drawParticipantConfig(random: Random): ParticipantConfig {
  const retryFirstMs = Math.floor(random.between(10, 100))
  return {
    ...baseParticipantConfig,
    inquiryDelayMs: Math.floor(random.between(20, 800)),
    inquiryTimeoutMs: Math.floor(random.between(50, 500)),
    roundTimeoutMs: Math.floor(random.between(30, 500)),
    lockWaitMs: random.pick([0, 20, 300]),
    voteMarginMs: random.pick([0, 20]),
    retryFirstMs,
    retryMaxMs: retryFirstMs * 8,
    idleForceMs: random.pick([1, 5, 50]),
    eventsPerTurnMax: random.pick([1, 4, 1_000]),
    endedInMemoryMax: random.pick([1, 3, 1_000]),
    dropsPerTurnMax: random.pick([1, 1_000]),
  }
}
