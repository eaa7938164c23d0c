// The life of a coordinator process: serve, drain at the first signal, end.

import { destination, pino, stdTimeFunctions } from 'pino'
import { type CoordinatorConfig, startCoordinator } from '../coordinator/index.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'

export async function runCoordinator(config: CoordinatorConfig): Promise<ExitCode> {
  const formatters = { level: (label: string) => ({ level: label }) }
  const settings = { level: config.logLevel, base: {}, timestamp: stdTimeFunctions.isoTime, formatters }
  // Synchronous: the last lines before a crash are the ones that are needed.
  const logger = pino(settings, destination({ dest: 1, sync: true }))
  const stopped = stopSignal()
  await using coordinator = await startCoordinator(config, logger)
  await Promise.race([coordinator.drained, stopped.then((signal) => logger.info({ signal }, 'stopping'))])
  await coordinator.drain()
  return exitCodes.ok
}

/** Resolves at the first signal, also at one that comes during the start; the second ends the process on the spot. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isStopping = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(exitCodes.interrupted)
      isStopping = true
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
