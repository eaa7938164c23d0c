// Puts a coordinator together: log, driver, lanes, server; and takes it apart again.

import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Log, openSqliteLog } from '../log/index.ts'
import { closeServer, listen, transactionError } from '../wire/index.ts'
import { Admission } from './admission.ts'
import { type Clock, systemClock } from './clock.ts'
import type { CoordinatorConfig } from './config.ts'
import { Coordinator } from './coordinator.ts'
import { Directory } from './directory.ts'
import type { InFlight } from './in-flight.ts'
import { Lanes } from './lanes.ts'
import type { Logger } from './logger.ts'
import { Operator } from './operator.ts'
import { Requests } from './requests.ts'
import { createEdge, type Edge } from './server.ts'

export interface RunningCoordinator extends AsyncDisposable {
  /** Where it serves, host:port. */
  readonly address: string
  readonly port: number
  /** Resolves when a drain that an operator asked for has come to its end. */
  readonly drained: Promise<void>
  /** Takes nothing new, finishes what is in flight (at most drainTimeoutMs), closes. */
  drain(): Promise<void>
  /** Closes at once; what was decided goes on after the next start. */
  close(): Promise<void>
}

/** The process ends with this status when its log cannot be written: nothing that it says after that could be true. */
export const storeFailedExitCode = 70

export async function startCoordinator(
  config: CoordinatorConfig,
  logger: Logger,
  clock: Clock = systemClock,
): Promise<RunningCoordinator> {
  const log = await openLog(config.data)
  const directory = new Directory(config.participants, log.recovered.participants)
  const lanes = new Lanes(logger)
  const coordinator = new Coordinator(log, lanes, clock, directory, config, logger)
  log.listen({
    forced: () => coordinator.forced(),
    failed: (error) => {
      logger.error({ error: error.message }, 'the log failed; the process ends')
      process.exit(storeFailedExitCode)
    },
  })
  const admission = new Admission(coordinator, ({ participant }) => lanes.queued(participant))
  const requests = new Requests(coordinator, admission)
  const stopping = new Stopping(config, coordinator, lanes, admission, logger)
  const operator = new Operator(coordinator, () => void stopping.drain())
  const edge = createEdge({ coordinator, admission, requests, operator, lanes, logger })
  stopping.edge = edge
  const port = await listen(edge.server, config.listen).catch(async (error: unknown) => {
    await stopping.close()
    throw error
  })
  const address = `${config.listen.slice(0, config.listen.lastIndexOf(':'))}:${port}`
  lanes.open(coordinator, config.advertise === '' ? address : config.advertise)
  logger.info({ address, epoch: log.epoch, logId: log.logId, data: config.data }, 'listening')
  return {
    address,
    port,
    drained: stopping.done,
    drain: () => stopping.drain(),
    close: () => stopping.close(),
    [Symbol.asyncDispose]: () => stopping.close(),
  }
}

async function openLog(folder: string): Promise<Log> {
  const file = join(folder, 'coordinator.db')
  try {
    makeFolder(folder)
    return await openSqliteLog(file)
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'STORE_IN_USE') throw transactionError(code, `${file} is open in another process`, { cause: error })
    throw transactionError('STORE_FAILED', `${file}: ${message}`, { cause: error })
  }
}

/** Not mkdir's own `recursive`: Node 20 does not come back from it where a folder cannot be made, as below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** How often a draining coordinator looks whether it may end. */
const drainLookMs = 50

/** Not so an open saga between two calls: it is in the log, and goes on after the next start under the same id. */
const isWaitedFor = ({ state, calls }: InFlight): boolean =>
  !(state.phase === 'running' && state.isOpen && state.turning === undefined && (calls?.size ?? 0) === 0)

class Stopping {
  readonly #config: CoordinatorConfig
  readonly #coordinator: Coordinator
  readonly #lanes: Lanes
  readonly #admission: Admission
  readonly #logger: Logger
  edge: Edge | undefined
  #drain: Promise<void> | undefined
  #close: Promise<void> | undefined
  #finish: () => void = () => {}
  readonly done = new Promise<void>((resolve) => {
    this.#finish = resolve
  })

  constructor(config: CoordinatorConfig, coordinator: Coordinator, lanes: Lanes, admission: Admission, logger: Logger) {
    this.#config = config
    this.#coordinator = coordinator
    this.#lanes = lanes
    this.#admission = admission
    this.#logger = logger
  }

  drain(): Promise<void> {
    this.#drain ??= this.#drainOnce()
    return this.#drain
  }

  close(): Promise<void> {
    this.#close ??= this.#closeOnce()
    return this.#close
  }

  async #drainOnce(): Promise<void> {
    const { transactions, conditions, turns } = this.#coordinator
    this.edge?.health.setStatus('', 'NOT_SERVING')
    this.edge?.health.setStatus('concordat.v1.Coordinator', 'NOT_SERVING')
    this.#admission.isDraining = true
    conditions.set('draining', 'draining: takes no new transactions')
    this.#logger.info({ inFlight: transactions.size }, 'draining')
    const until = performance.now() + this.#config.drainTimeoutMs
    const isBusy = (): boolean => !turns.isIdle || [...transactions.all()].some(isWaitedFor)
    while (isBusy() && performance.now() < until) await setTimeout(drainLookMs)
    this.#logger.info({ left: transactions.size }, 'drained')
    await this.close()
  }

  async #closeOnce(): Promise<void> {
    const { edge } = this
    if (edge !== undefined) await closeServer(edge.server, () => edge.endStreams(), 500)
    this.#lanes.close()
    this.#coordinator.close()
    await this.#coordinator.log.close()
    this.#finish()
  }
}
