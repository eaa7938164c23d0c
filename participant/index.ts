// The public face of participant/: the SDK that a business service embeds.

export { options, type ParticipantOptions } from './config.ts'
export {
  type BusinessDatabase,
  type OperationContext,
  type OperationDefinition,
  type OperationDefinitions,
  type PrepareContext,
  type PreparedWork,
  type ReadOnly,
  readOnly,
  refuse,
} from './definitions.ts'
export type { Logger } from './environment.ts'
export type { Migration, Migrations } from './migrations.ts'
export {
  type ListenOptions,
  type ParticipantDefinition,
  type ParticipantService,
  participant,
  type RunningParticipant,
} from './service.ts'
export { renewStorageId, sqlite } from './sqlite-store.ts'
export type { StandardSchema } from './standard-schema.ts'
export type { Store, StoreSource } from './store.ts'
