// The command: one seed with its story, or many seeds with a summary. Ends with 1 when something is broken.

import { parseArgs } from 'node:util'
import type { Protocol } from '../protocol/index.ts'
import { runCampaign } from './campaign.ts'
import { mutants } from './mutant-table.ts'
import { drawn, outcomes, spaceTime } from './report.ts'
import { type Result, runSeed } from './run.ts'
import { shrink } from './shrink.ts'
import { protocols, type Size, sizes } from './swarm.ts'

const help = `Runs the production drivers in a simulated world.

  npm run sim -- --seed 42                    one seed: what was drawn, what came of it, the trace hash
  npm run sim -- --seeds 1000 --from 1        many seeds
  npm run sim -- --seed 42 --trace            with the story of the first transaction, or of the one that broke a rule
  npm run sim -- --seed 42 --trace 3          with the story of the third

  --protocol   two-phase, three-phase or saga; without it all of them
  --size       small (as it is without), or large: more transactions in each world
  --mutant     breaks a rule on purpose: a part of the mutant's name
  --mutants    lists the mutants
`

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string', default: '1' },
      protocol: { type: 'string' },
      size: { type: 'string', default: 'small' },
      mutant: { type: 'string' },
      mutants: { type: 'boolean' },
      trace: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    print(help)
    return 0
  }
  if (values.mutants === true) {
    for (const { name, protocol } of mutants) print(`${protocol.padEnd(12)} ${name}`)
    return 0
  }
  const chosen = protocols.filter((protocol) => values.protocol === undefined || protocol === values.protocol)
  if (chosen.length === 0) throw new Error(`--protocol is one of ${protocols.join(', ')}`)
  const row = values.mutant === undefined ? undefined : mutants.find(({ name }) => name.includes(values.mutant ?? ''))
  const mutant = row?.mutant
  const size = sizes.find((one) => one === values.size)
  if (size === undefined) throw new Error(`--size is one of ${sizes.join(', ')}`)
  const options = { size, ...(mutant === undefined ? {} : { mutant }) }
  const trace = values.trace === true ? numberOf(positionals[0] ?? '1') : undefined
  if (values.seeds === undefined) {
    const seed = numberOf(values.seed ?? '42')
    return chosen.map((protocol) => runOne(seed, protocol, options, trace)).includes(false) ? 1 : 0
  }
  const [from, seeds] = [numberOf(values.from), numberOf(values.seeds)]
  return chosen.map((protocol) => runMany(from, seeds, protocol, options)).includes(false) ? 1 : 0
}

function numberOf(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`'${text}' is not a whole number`)
  return value
}

type Options = NonNullable<Parameters<typeof runSeed>[2]> & { readonly size: Size }

function runOne(seed: number, protocol: Protocol, options: Options, trace: number | undefined): boolean {
  const result = runSeed(seed, protocol, options)
  print(drawn(result))
  print(outcomes(result))
  const [violation] = result.violations
  if (trace !== undefined && violation === undefined) {
    const ids = [...new Set(result.happenings.map(({ about }) => about))].filter((id) => id !== '')
    const id = ids[trace - 1]
    print(id === undefined ? `  there are ${ids.length} transactions` : spaceTime(result.happenings, id))
  }
  if (violation === undefined) return true
  explain(result, protocol, options)
  return false
}

/** The broken rule, the fewest faults that break it, and the story with only those. */
function explain(result: Result, protocol: Protocol, options: Options): void {
  const { seed } = result.settings
  const predicate = result.violations[0]?.predicate
  const run = (faults: readonly string[]): Result => runSeed(seed, protocol, { ...options, allowed: new Set(faults) })
  const { faults, runs } = shrink(result.fired, (some) => run(some).violations[0]?.predicate === predicate)
  const shorter = run(faults)
  const violation = shorter.violations[0] ?? result.violations[0]
  print(`\n${predicate}: ${violation?.sentence}\n  transaction ${violation?.about || '(none)'}`)
  print(
    `  ${faults.length} of ${result.fired.length} faults are enough (${runs} runs): ${faults.join(', ') || 'none at all'}\n`,
  )
  print(spaceTime(shorter.happenings, violation?.about ?? ''))
}

function runMany(from: number, seeds: number, protocol: Protocol, options: Options): boolean {
  const startedAt = process.cpuUsage()
  const { failed, told, faults, unstable, seeds: count } = runCampaign({ protocol, from, seeds, ...options })
  const { user, system } = process.cpuUsage(startedAt)
  const perSecond = Math.round((count * 1_000_000) / (user + system))
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')
  print(`${protocol}: ${count} seeds from ${from}, ${perSecond} a second of CPU time`)
  print(`  outcomes: ${list(told)}`)
  print(`  faults: ${list(faults)}`)
  for (const seed of unstable) print(`  META: seed ${seed} ran differently the second time`)
  for (const { seed, violation } of failed) print(`  seed ${seed}: ${violation.predicate}: ${violation.sentence}`)
  const [first] = failed
  if (first !== undefined) runOne(first.seed, protocol, options, undefined)
  return failed.length === 0 && unstable.length === 0
}

process.exitCode = main()
