// A participant makes itself known (design rule 16).

import type { RegisterCommand } from '../wire/index.ts'
import { type Answer, failed, ok } from './answer.ts'
import type { Parts } from './server.ts'

export function register(
  { coordinator, lanes, logger }: Parts,
  command: RegisterCommand,
  answer: Answer<undefined>,
): void {
  const { header, address, operations, protocols } = command
  const { participant } = header
  const isNew = coordinator.directory.get(participant) === undefined
  const registered = coordinator.directory.register(participant, address, operations, protocols, header)
  if (registered === 'taken') {
    return answer(failed('NAME_TAKEN', `another database has a live session as '${participant}'`))
  }
  const { known, isMoved } = registered
  if (isNew || isMoved) {
    logger.info({ participant, address }, 'participant registered')
    lanes.dial(known)
  }
  // Answered once it is durable: a registration survives a restart.
  const { turns } = coordinator
  const needs = turns.current
  turns.record(coordinator.directory.takeChanges(needs), true)
  turns.release(needs, () => answer(ok(undefined)))
}
