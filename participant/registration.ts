// Makes the participant known to its coordinator, for as long as it lives. Serving never waits for it.
//
// G1 Until the coordinator has taken it, and again after another epoch or log was heard, it is tried with growing waits.
// G2 Without a session it is tried again now and then: a coordinator that lost its log knows nobody, and dials nobody.

import { backoffMs } from '../protocol/index.ts'
import {
  type CoordinatorHeader,
  callUnary,
  coordinatorStub,
  decodeRegisterAnswer,
  encodeRegister,
  isTransactionError,
} from '../wire/index.ts'
import type { ParticipantConfig } from './config.ts'
import type { Environment, Logger, WakeUp } from './environment.ts'
import type { Facts } from './facts.ts'
import type { Participant } from './participant.ts'

export interface RegistrationFacts {
  /** The coordinator's address. */
  readonly coordinator: string
  /** Where it dials this participant. */
  readonly address: string
  hasSession(): boolean
}

export class Registration {
  readonly #about: RegistrationFacts
  readonly #facts: Facts
  readonly #driver: Participant
  readonly #environment: Environment
  readonly #config: ParticipantConfig
  readonly #logger: Logger
  readonly #stub: ReturnType<typeof coordinatorStub>
  #registered: CoordinatorHeader | undefined
  #attempt = 0
  #isCalling = false
  #isStopped = false
  #wakeUp: WakeUp | undefined

  constructor(
    about: RegistrationFacts,
    facts: Facts,
    driver: Participant,
    environment: Environment,
    config: ParticipantConfig,
    logger: Logger,
  ) {
    this.#about = about
    this.#facts = facts
    this.#driver = driver
    this.#environment = environment
    this.#config = config
    this.#logger = logger
    this.#stub = coordinatorStub(about.coordinator)
    this.#try()
  }

  /** A coordinator speaks. If it is the registered log under another epoch, it is told again. */
  heard(header: CoordinatorHeader): void {
    const known = this.#registered
    if (known === undefined || known.logId !== header.logId || known.epoch === header.epoch) return
    this.#registered = undefined
    this.#try()
  }

  stop(): void {
    this.#isStopped = true
    this.#wakeUp?.cancel()
    this.#stub.close()
  }

  #try(): void {
    if (this.#isCalling || this.#isStopped) return
    this.#isCalling = true
    this.#attempt += 1
    this.#register().then(
      (header) => this.#isTaken(header),
      (error: unknown) => this.#isNotTaken(error),
    )
  }

  async #register(): Promise<CoordinatorHeader> {
    const { address } = this.#about
    const request = encodeRegister({ ...this.#facts.description(this.#registered?.logId), address })
    const response = await callUnary(this.#stub, 'register', request, { timeoutMs: this.#config.registerTimeoutMs })
    const decoded = decodeRegisterAnswer(response)
    if (!decoded.ok) throw new Error(decoded.error.message)
    return decoded.value
  }

  #isTaken(header: CoordinatorHeader): void {
    this.#isCalling = false
    if (this.#isStopped) return
    this.#attempt = 0
    const { logId, epoch } = header
    if (this.#registered === undefined)
      this.#logger.info({ logId, epoch, coordinator: this.#about.coordinator }, 'registered')
    this.#registered = header
    this.#driver.hear(header)
    this.#again(this.#config.registerCheckMs)
  }

  #isNotTaken(error: unknown): void {
    this.#isCalling = false
    if (this.#isStopped) return
    const { retryFirstMs: firstMs, retryMaxMs: maxMs } = this.#config
    const code = isTransactionError(error) ? error.code : 'INTERNAL'
    const fields = { coordinator: this.#about.coordinator, attempt: this.#attempt, code, error: String(error) }
    this.#logger[code === 'NAME_TAKEN' ? 'error' : 'warn'](fields, 'not registered yet')
    this.#again(backoffMs({ firstMs, maxMs }, this.#attempt))
  }

  #again(ms: number): void {
    const delay = ms * (1 + 0.2 * this.#environment.random())
    const at = Math.ceil(this.#environment.now() + delay)
    this.#wakeUp?.cancel()
    this.#wakeUp = this.#environment.wakeAt(at as ReturnType<Environment['now']>, () => {
      if (this.#registered !== undefined && this.#about.hasSession()) this.#again(this.#config.registerCheckMs)
      else this.#try()
    })
  }
}
