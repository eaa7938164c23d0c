#!/usr/bin/env node
// The load generator: `node dist/bench/load/main.js TARGET FOLDER ADDRESS...`. Runs slices when the runner asks for them, and
// keeps the latencies of each number in flight over all of its slices.

import type { RecordableHistogram } from 'node:perf_hooks'
import type { Answer, Ask } from '../processes/child.ts'
import { latenciesOf, newHistogram, runSlice, type Slice } from './closed-loop.ts'
import { Held } from './held.ts'
import { makeTarget, type TargetName } from './targets.ts'

const [name, folder, ...addresses] = process.argv.slice(2)
if (name === undefined || folder === undefined) throw new Error('it needs a target and a folder')

const target = name === 'held' ? undefined : makeTarget(name as TargetName, addresses, folder)
const held = name === 'held' ? new Held(addresses[0] ?? '') : undefined
const histograms = new Map<number, RecordableHistogram>()

async function slice(asked: Slice): Promise<object> {
  if (target === undefined) throw new Error('this one holds transactions')
  const histogram = histograms.get(asked.inFlight) ?? newHistogram()
  histograms.set(asked.inFlight, histogram)
  const loaded = await runSlice(target, asked, histogram)
  return { ...loaded, latencies: latenciesOf(histogram) }
}

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.ask) {
    case 'slice':
      return slice(ask as unknown as Slice)
    case 'forget-latencies':
      histograms.clear()
      return undefined
    case 'prepare':
      return held?.prepare(Number(ask['count']))
    case 'decide':
      return held?.decide()
    default:
      throw new Error(`'${ask.ask}' is no question`)
  }
}

process.on('message', (ask: Ask) => {
  const { number } = ask
  if (ask.ask === 'usage') return
  answer(ask).then(
    (answered) => process.send?.({ number, answer: answered } satisfies Answer),
    (error: Error) => process.send?.({ number, error: error.stack ?? error.message } satisfies Answer),
  )
})
// It lives as long as the runner may ask.
process.channel?.ref()
process.on('SIGTERM', () => process.exit(0))
process.stdout.write(`${JSON.stringify({ msg: 'listening', address: '' })}\n`)
