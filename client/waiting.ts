// How long somebody waits: until a moment of the monotonic clock, or until a signal. Waiting never outlives either, and
// what was waited for goes on.

/** The bounds of a wait. */
export interface Limits {
  readonly signal: AbortSignal | undefined
  /** Milliseconds of `performance.now()`. */
  readonly until: number
}

/** A wait that ended before what it waited for. */
export class WaitOver extends Error {
  override readonly name = 'WaitOver'
  readonly because: 'signal' | 'deadline'

  constructor(because: 'signal' | 'deadline') {
    super(because === 'signal' ? 'the signal was aborted' : 'the time to wait is over')
    this.because = because
  }
}

/** setTimeout takes no more; such a wait is longer than any timeout that the coordinator allows. */
const timerMsMax = 2 ** 31 - 1

export const now = (): number => performance.now()

/** Settles as the promise does, or rejects with WaitOver when a limit comes first. */
export function within<T>(promise: Promise<T>, { signal, until }: Limits): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      end()
      reject(new WaitOver('signal'))
    }
    const onDeadline = (): void => {
      end()
      reject(new WaitOver('deadline'))
    }
    const isBounded = until !== Number.POSITIVE_INFINITY
    const timer = isBounded ? setTimeout(onDeadline, Math.min(Math.max(0, until - now()), timerMsMax)) : undefined
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    promise.then(
      (value) => {
        end()
        resolve(value)
      },
      (error: unknown) => {
        end()
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
}

/** Resolves after `ms`; rejects with WaitOver when a limit comes first. */
export function pause(ms: number, limits: Limits): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return within(elapsed, limits).finally(() => clearTimeout(timer))
}

/** Without end. */
export const always: Limits = { signal: undefined, until: Number.POSITIVE_INFINITY }

/** A limit that is also over at `until`. */
export const notAfter = (limits: Limits, until: number): Limits =>
  until < limits.until ? { signal: limits.signal, until } : limits
