// `participant(...)`: a business service's operations, its database and its place among the others, put together.
//
// Owns: the order of start (lock, boot, migrations, recovery, then serving) and of the end. Does not own: anything else.

import { type Identity, ParticipantName } from '../protocol/index.ts'
import { type CoordinatorHeader, checkAddress, closeServer, listen, transactionError } from '../wire/index.ts'
import { type ParticipantConfig, type ParticipantOptions, resolveOptions } from './config.ts'
import type { AnyContract, AnyOperation, BusinessDatabase, OperationDefinitions } from './definitions.ts'
import { type Environment, type Logger, processEnvironment, silentLogger } from './environment.ts'
import { factsOf } from './facts.ts'
import { Inquiry } from './inquiry.ts'
import { Operations } from './operations.ts'
import { Operator } from './operator.ts'
import { Participant } from './participant.ts'
import { Registration } from './registration.ts'
import { createEdge, type Edge } from './server.ts'
import type { Store, StoreSource } from './store.ts'

export interface ParticipantDefinition<C extends AnyContract> extends ParticipantOptions {
  /** Where branches and business data are kept: `sqlite('inventory.db', { migrations: 'inventory/migrations' })`. */
  readonly store: StoreSource
  /** One definition for each operation of the contract. */
  readonly operations: OperationDefinitions<C>
  /** Shaped like pino. Nothing is logged without one. */
  readonly logger?: Logger
}

export interface ListenOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Default: loopback only. */
  readonly host?: string
  /** Where the coordinator and other members reach this process, when that is not host and port: `inventory:7411`. */
  readonly advertise?: string
  /** The coordinator that it makes itself known to. Without one, the coordinator must be configured to dial it. */
  readonly coordinator?: string
}

export interface ParticipantService {
  /**
   * Opens the database, recovers what was prepared, and serves.
   *
   * ```ts
   * await using running = await service.listen({ port: 7411, coordinator: 'localhost:7400' })
   * ```
   */
  listen(options: ListenOptions): Promise<RunningParticipant>
}

export interface RunningParticipant extends AsyncDisposable {
  readonly port: number
  /** Where it is reached. */
  readonly address: string
  readonly identity: Identity
  /** A connection for the service's own reads. It sees what is committed here, prepared work included. */
  readonly db: BusinessDatabase
  /** Reads from one snapshot. */
  read<T>(query: (db: BusinessDatabase) => T): T
  /** Prepares nothing new, waits for what is prepared to be decided, then closes. */
  drain(): Promise<void>
  /** Stops now. Prepared branches stay prepared, and are asked about after the next start. */
  close(): Promise<void>
}

/** Implements a contract over the service's own database. */
export function participant<C extends AnyContract>(
  contract: C,
  definition: ParticipantDefinition<C>,
): ParticipantService {
  const { store, operations: given, logger = silentLogger, ...rest } = definition
  const { participant: name, operations: names } = contract.__contract
  const definitions = given as unknown as Readonly<Record<string, AnyOperation>>
  checkContract(name, names, definitions)
  const config = resolveOptions(rest)
  const operations = new Operations(definitions, config, logger)
  return {
    listen: (at) => start(ParticipantName(name), operations, store, config, logger, at),
  }
}

function checkContract(name: string, names: readonly string[], definitions: Readonly<Record<string, AnyOperation>>) {
  const missing = names.filter((operation) => typeof definitions[operation]?.prepare !== 'function')
  const unknown = Object.keys(definitions).filter((operation) => !names.includes(operation))
  if (missing.length === 0 && unknown.length === 0) return
  const parts = [
    missing.length === 0 ? [] : [`without a definition: ${missing.join(', ')}`],
    unknown.length === 0 ? [] : [`not in the contract: ${unknown.join(', ')}`],
  ]
  throw transactionError('CONTRACT_MISMATCH', `participant '${name}': operations ${parts.flat().join('; ')}`)
}

async function start(
  name: ParticipantName,
  operations: Operations,
  source: StoreSource,
  config: ParticipantConfig,
  logger: Logger,
  at: ListenOptions,
): Promise<RunningParticipant> {
  const { host = '127.0.0.1', port } = at
  if (at.advertise === undefined && (host === '0.0.0.0' || host === '::')) {
    throw transactionError('CONFIG_INVALID', `listening at ${host} needs 'advertise': the address others can reach`)
  }
  if (at.advertise !== undefined) checkAddress('advertise', at.advertise)
  if (at.coordinator !== undefined) checkAddress('coordinator', at.coordinator)
  const environment = processEnvironment(logger)
  const store = source.open()
  const inquiry = new Inquiry(config, logger)
  const driver = new Participant(store, operations, environment, inquiry, config, logger)
  const facts = factsOf(name, operations.names, store, driver, environment)
  inquiry.attach(driver, facts)
  const operator = new Operator(driver, facts, inquiry, environment)
  let running: Running | undefined
  const onHeard = (header: CoordinatorHeader): void => running?.registration?.heard(header)
  const drain = (): number => running?.beginDrain() ?? 0
  const edge = createEdge({ driver, facts, operator, environment, config, logger, onHeard, drain })
  try {
    const bound = await listen(edge.server, `${host}:${port}`)
    const address = at.advertise ?? `${host}:${bound}`
    const hasSession = (): boolean => edge.sessions.size > 0
    const registration =
      at.coordinator === undefined
        ? undefined
        : new Registration(
            { coordinator: at.coordinator, address, hasSession },
            facts,
            driver,
            environment,
            config,
            logger,
          )
    running = new Running(bound, address, { store, driver, inquiry, edge, registration, config, logger, environment })
    logger.info({ participant: name, address, ...store.identity, recovered: driver.liveCount }, 'participant serves')
    return running
  } catch (error) {
    inquiry.close()
    driver.stop()
    store.close()
    throw error
  }
}

interface RunningParts {
  readonly store: Store
  readonly driver: Participant
  readonly inquiry: Inquiry
  readonly edge: Edge
  readonly registration: Registration | undefined
  readonly config: ParticipantConfig
  readonly logger: Logger
  readonly environment: Environment
}

class Running implements RunningParticipant {
  readonly port: number
  readonly address: string
  readonly #parts: RunningParts
  #closing: Promise<void> | undefined
  #draining: Promise<void> | undefined

  constructor(port: number, address: string, parts: RunningParts) {
    this.port = port
    this.address = address
    this.#parts = parts
  }

  get identity(): Identity {
    return this.#parts.store.identity
  }

  get db(): BusinessDatabase {
    return this.#parts.store.readDatabase
  }

  get registration(): Registration | undefined {
    return this.#parts.registration
  }

  read<T>(query: (db: BusinessDatabase) => T): T {
    return this.db.transaction(query)(this.db)
  }

  drain(): Promise<void> {
    this.beginDrain()
    return this.#draining ?? Promise.resolve()
  }

  /** What is left to finish. */
  beginDrain(): number {
    const { driver, edge, logger } = this.#parts
    if (this.#draining === undefined) {
      edge.stopServing()
      driver.drain()
      logger.info({ inFlight: driver.undecidedCount }, 'draining')
      this.#draining = this.#untilDecided().then(() => this.close())
    }
    return driver.undecidedCount
  }

  #untilDecided(): Promise<void> {
    const { driver } = this.#parts
    return new Promise((resolve) => {
      const listener = {
        turnEnded: () => {
          if (driver.undecidedCount > 0) return
          driver.unlisten(listener)
          resolve()
        },
      }
      driver.listen(listener)
      listener.turnEnded()
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { store, driver, inquiry, edge, registration, config, logger } = this.#parts
    edge.stopServing()
    registration?.stop()
    await closeServer(edge.server, () => edge.endSessions(), config.closeGraceMs)
    inquiry.close()
    driver.stop()
    store.close()
    logger.info({ undecided: driver.undecidedCount }, 'participant closed')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
