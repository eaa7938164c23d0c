// How the parts under test are made. The product makes them as production does; a mutant makes one of them wrong on
// purpose, so that it can be measured how soon the simulator notices (protocols.md 8.5).

import { Coordinator, type Rules as CoordinatorRules } from '../coordinator/coordinator.ts'
import type { Log } from '../log/index.ts'
import { Participant, type Rules as ParticipantRules } from '../participant/participant.ts'
import type { Store } from '../participant/store.ts'
import { coordinatorSide, type Protocol, participantSide } from '../protocol/index.ts'

type CoordinatorParts = ConstructorParameters<typeof Coordinator>
type ParticipantParts = ConstructorParameters<typeof Participant>

export interface Mutant {
  readonly coordinator: (...parts: CoordinatorParts) => Coordinator
  readonly participant: (...parts: ParticipantParts) => Participant
}

export interface MutantRow {
  readonly name: string
  readonly protocol: Protocol
  readonly mutant: Mutant
}

export const product: Mutant = {
  coordinator: (...parts) => new Coordinator(...parts),
  participant: (...parts) => new Participant(...parts),
}

export const withCoordinatorRules = (rules: Partial<CoordinatorRules>): Mutant => ({
  ...product,
  coordinator: (log, network, clock, directory, config, logger) =>
    new Coordinator(log, network, clock, directory, config, logger, { ...coordinatorSide, ...rules }),
})

export const withParticipantRules = (rules: Partial<ParticipantRules>): Mutant => ({
  ...product,
  participant: (store, operations, environment, network, config, logger) =>
    new Participant(store, operations, environment, network, config, logger, { ...participantSide, ...rules }),
})

type CoordinatorStep = ReturnType<CoordinatorRules['step']>
type ParticipantStep = ReturnType<ParticipantRules['step']>

export const withCoordinatorStep = (
  mutate: (step: CoordinatorStep, before: coordinatorSide.State, event: coordinatorSide.Event) => CoordinatorStep,
): Mutant =>
  withCoordinatorRules({
    step: (state, event, policy) => mutate(coordinatorSide.step(state, event, policy), state, event),
  })

export const withParticipantStep = (
  mutate: (step: ParticipantStep, before: participantSide.State, event: participantSide.Event) => ParticipantStep,
): Mutant =>
  withParticipantRules({
    step: (state, event, around) => mutate(participantSide.step(state, event, around), state, event),
  })

export const withLog = (wrap: (log: Log) => Log): Mutant => ({
  ...product,
  coordinator: (log, ...rest) => new Coordinator(wrap(log), ...rest),
})

export const withStore = (wrap: (store: Store) => Store): Mutant => ({
  ...product,
  participant: (store, ...rest) => new Participant(wrap(store), ...rest),
})

/** Everything as it is, but for what is given. */
export function like<Whole extends object>(whole: Whole, changed: Partial<Whole>): Whole {
  const own = Object.getOwnPropertyDescriptors(changed)
  return new Proxy(whole, {
    get(target, name) {
      const descriptor = own[name as keyof typeof own]
      if (descriptor !== undefined) return descriptor.get === undefined ? descriptor.value : descriptor.get()
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
