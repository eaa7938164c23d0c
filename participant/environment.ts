// What the driver takes from the outside, so that a simulator can give it another world: time, wake-ups, chance, and
// the end of the process.

import { type Instant, invariant } from '../protocol/index.ts'

export interface Environment {
  /** Never goes back while the process lives. */
  now(): Instant
  /** Runs once everything that has arrived by now was handed over. */
  soon(run: () => void): void
  /** Runs at the instant, or a little later. */
  wakeAt(at: Instant, run: () => void): WakeUp
  /** From 0 up to 1. */
  random(): number
  /** The process must end: what it would do next cannot be trusted. Nothing is done after it. */
  fatal(error: unknown): void
}

export interface WakeUp {
  cancel(): void
}

/** Shaped like pino; `silentLogger` when none is given. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** Spares the work for lines that nobody would see. */
  isLevelEnabled?(level: string): boolean
}

const ignore = (): void => undefined
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** The exit code of a process that stopped because of its disk or a broken invariant: EX_SOFTWARE of sysexits.h. */
const fatalExitCode = 70

/** The real world. */
export function processEnvironment(logger: Logger): Environment {
  const { timeOrigin } = performance
  return {
    now: () => Math.floor(timeOrigin + performance.now()) as Instant,
    soon: (run) => {
      setImmediate(run)
    },
    wakeAt: (at, run) => {
      const delay = Math.max(0, at - (timeOrigin + performance.now()))
      invariant(Number.isFinite(delay), 'a wake-up has an instant')
      const timer = setTimeout(run, Math.min(delay, 0x7fff_ffff))
      return { cancel: () => clearTimeout(timer) }
    },
    random: Math.random,
    fatal: (error) => {
      logger.error({ err: error, exitCode: fatalExitCode }, 'the participant cannot go on and ends its process')
      process.exit(fatalExitCode)
    },
  }
}
