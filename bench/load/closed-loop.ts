// A closed loop: so many transactions in flight, each followed by the next as soon as it has ended. What ends inside the
// window counts for throughput and latency; everything that ends counts for the costs of one.

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

export interface Slice {
  readonly inFlight: number
  /** How many of them the coordinator lets in; the others are answered OVERLOADED. Default: all. */
  readonly admitted?: number
  readonly rampMs: number
  readonly windowMs: number
  /** Ends earlier when so many have ended. */
  readonly transactionsMax: number
  /** Between the end of one and the start of the next, so that nothing is left to do of the first. Default: none. */
  readonly pauseMs?: number
}

/** Unknown: the answer was lost, as when a connection breaks because nobody gets to run for a second. */
export type Ended = 'committed' | 'aborted' | 'overloaded' | 'unknown'

export interface Loaded {
  /** Inside the window, which begins when everything in flight has come round once; and how long it was in the end. */
  readonly counted: number
  readonly windowMs: number
  /** All of the slice, by how they ended. */
  readonly ended: Readonly<Record<Ended, number>>
}

/** After OVERLOADED a client lets the coordinator breathe, longer each time until it gets in. */
const overloadedPauseMs = { first: 20, max: 640 }
/**
 * The ends of many come in waves. A window is at least so many of them long, each as large as what is in flight; but not
 * longer than so many windows.
 */
const wavesMin = 3
const windowsMax = 4

export async function runSlice(
  one: () => Promise<Ended>,
  slice: Slice,
  latencies: RecordableHistogram,
): Promise<Loaded> {
  const { inFlight, admitted = inFlight, rampMs, windowMs, transactionsMax, pauseMs: restMs = 0 } = slice
  const ended: Record<Ended, number> = { committed: 0, aborted: 0, overloaded: 0, unknown: 0 }
  const start = performance.now()
  let [counted, started, last] = [0, 0, start]
  let from: number | undefined
  let isOver = false
  const note = (before: number, now: number): void => {
    const done = ended.committed + ended.aborted + ended.unknown
    if (from === undefined) {
      if (now >= start + rampMs && (rampMs === 0 || done >= admitted)) from = now
      return
    }
    counted += 1
    last = now
    latencies.record(Math.max(1, Math.round((now - before) * 1_000)))
    isOver ||= now >= from + windowMs && counted >= wavesMin * admitted
  }
  const loop = async (): Promise<void> => {
    let pauseMs = overloadedPauseMs.first
    while (!isOver && started < transactionsMax) {
      const before = performance.now()
      isOver ||= before >= start + rampMs + windowsMax * windowMs
      if (isOver) return
      started += 1
      const how = await one()
      ended[how] += 1
      if (how === 'overloaded') {
        await setTimeout(pauseMs * (0.5 + Math.random() / 2))
        pauseMs = Math.min(overloadedPauseMs.max, pauseMs * 2)
        continue
      }
      pauseMs = overloadedPauseMs.first
      if (!isOver) note(before, performance.now())
      if (restMs > 0) await setTimeout(restMs)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  return { counted, windowMs: Math.max(1, last - (from ?? last)), ended }
}

export interface Latencies {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
}

/** In microseconds, up to a minute. */
export const newHistogram = (): RecordableHistogram => createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 })

export const latenciesOf = (histogram: RecordableHistogram): Latencies => ({
  p50Ms: histogram.percentile(50) / 1_000,
  p99Ms: histogram.percentile(99) / 1_000,
  p999Ms: histogram.percentile(99.9) / 1_000,
})
