// The command: one seed with its story, many seeds with a summary, the matrix, or the mutants. Ends with 1 when something
// is broken, and when a mutant is not found.

import { parseArgs } from 'node:util'
import type { Protocol } from '../protocol/index.ts'
import { type Campaign, runCampaign } from './campaign.ts'
import { keepSeed } from './kept-seeds.ts'
import { tellCase } from './matrix.ts'
import { findCase, matrixRows, playMatrix, tellMatrix } from './matrix-report.ts'
import { measureMutants, mutantRows, tellMeasured } from './mutant-report.ts'
import { mutants } from './mutant-table.ts'
import type { Mutant } from './mutants.ts'
import { row, thousands, writePart } from './proof.ts'
import { outcomes, spaceTime } from './report.ts'
import { tellSeed } from './seed-report.ts'
import { protocols, type Size, sizes } from './swarm.ts'

const help = `Runs the production drivers in a simulated world.

  npm run sim -- --seed 42                    one seed: what was drawn, what came of it, the trace hash
  npm run sim -- --seeds 1000 --from 1        many seeds
  npm run sim -- --seed 42 --trace            with the story of the first transaction, or of the one that broke a rule
  npm run sim -- --seed 42 --trace 3          with the story of the third
  npm run sim -- --matrix                     every message beside every cell of faults
  npm run sim -- --matrix --pairs             and a second crash at every boundary of each recovery
  npm run sim -- --case two-phase/commit/...  one case of the matrix with its story, by the name that --matrix printed
  npm run sim -- --mutants                    how many seeds until each broken rule is found

  --protocol   two-phase, three-phase or saga; without it all of them
  --size       small (as it is without), or large: more transactions in each world
  --mutant     breaks a rule on purpose: a part of the mutant's name
  --write      also writes the result of --seeds, --matrix or --mutants into docs/proof.md
`

const seedsFile = new URL('../../sim/seeds.txt', import.meta.url)

/** A mutant that takes longer than this is not found. */
const mutantSeedsMax = 20_000

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

interface Asked {
  readonly chosen: readonly Protocol[]
  readonly options: { readonly size: Size; readonly mutant?: Mutant }
  readonly mustWrite: boolean
}

function main(): boolean {
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
      matrix: { type: 'boolean' },
      pairs: { type: 'boolean', default: false },
      case: { type: 'string' },
      write: { type: 'boolean', default: false },
      trace: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    print(help)
    return true
  }
  const asked = readAsked(values)
  if (values.case !== undefined) return showCase(values.case)
  if (values.matrix === true) return runMatrix(asked, values.pairs)
  if (values.mutants === true) return runMutants(asked)
  if (values.seeds !== undefined) return runMany(numberOf(values.from), numberOf(values.seeds), asked)
  const story = values.trace === true ? numberOf(positionals[0] ?? '1') : undefined
  const told = asked.chosen.map((protocol) => tellSeed(numberOf(values.seed ?? '42'), protocol, asked.options, story))
  for (const { text } of told) print(text)
  return told.every(({ isBroken }) => !isBroken)
}

function readAsked(values: { protocol?: string; size: string; mutant?: string; write: boolean }): Asked {
  const chosen = protocols.filter((protocol) => values.protocol === undefined || protocol === values.protocol)
  if (chosen.length === 0) throw new Error(`--protocol is one of ${protocols.join(', ')}`)
  const size = sizes.find((one) => one === values.size)
  if (size === undefined) throw new Error(`--size is one of ${sizes.join(', ')}`)
  const { mutant: part } = values
  const named = part === undefined ? undefined : mutants.find(({ name }) => name.includes(part))
  if (part !== undefined && named === undefined) {
    throw new Error(`--mutant is a part of one of these names:\n${mutants.map(({ name }) => `  ${name}`).join('\n')}`)
  }
  return {
    chosen,
    options: { size, ...(named === undefined ? {} : { mutant: named.mutant }) },
    mustWrite: values.write,
  }
}

function numberOf(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`'${text}' is not a whole number`)
  return value
}

/** What ran, and how much CPU time it took. */
function timed<Ran>(run: () => Ran): { readonly ran: Ran; readonly seconds: number } {
  const startedAt = process.cpuUsage()
  const ran = run()
  const { user, system } = process.cpuUsage(startedAt)
  return { ran, seconds: (user + system) / 1_000_000 }
}

function runMany(from: number, seeds: number, { chosen, options, mustWrite }: Asked): boolean {
  const campaigns = chosen.map((protocol) => {
    const { ran, seconds } = timed(() => runCampaign({ protocol, from, seeds, ...options }))
    print(`${protocol}: ${ran.seeds} seeds from ${from}, ${Math.round(ran.seeds / seconds)} a second of CPU time`)
    print(`  outcomes: ${listed(ran.told)}`)
    print(`  faults: ${listed(ran.faults)}`)
    for (const seed of ran.unstable) print(`  META: seed ${seed} ran differently the second time`)
    for (const { seed, violation } of ran.failed) print(`  seed ${seed}: ${violation.predicate}: ${violation.sentence}`)
    const [first] = ran.failed
    if (first !== undefined) print(tellSeed(first.seed, protocol, options).text)
    // A mutant is expected to break rules: its seeds are no news.
    if (options.mutant === undefined) {
      for (const { seed, violation } of ran.failed) {
        keepSeed(seedsFile, {
          protocol,
          size: options.size,
          seed,
          found: `${violation.predicate}: ${violation.sentence}`,
        })
      }
    }
    return ran
  })
  if (mustWrite) writePart('seeds', campaignRows(from, campaigns))
  return campaigns.every(({ failed, unstable }) => failed.length === 0 && unstable.length === 0)
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0)

const campaignRows = (from: number, campaigns: readonly Campaign[]): string[] => [
  '| protocol | seeds | from | transactions | committed | faults that struck | broken rules |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...campaigns.map(({ protocol, seeds, told, faults, failed }) => {
    const committed = thousands(told['committed'] ?? 0)
    return row([
      protocol,
      thousands(seeds),
      thousands(from),
      thousands(sumOf(told)),
      committed,
      thousands(sumOf(faults)),
      failed.length,
    ])
  }),
]

function runMatrix({ chosen, options: { mutant }, mustWrite }: Asked, pairs: boolean): boolean {
  const { ran, seconds } = timed(() =>
    playMatrix({ protocols: chosen, pairs, ...(mutant === undefined ? {} : { mutant }) }),
  )
  print(tellMatrix(ran))
  print(`\n${Math.round(seconds)} seconds of CPU time`)
  if (mustWrite) writePart('matrix', matrixRows(ran))
  return ran.failed.length === 0
}

function showCase(name: string): boolean {
  const found = findCase(name)
  if (found === undefined) throw new Error(`there is no case '${name}' in the matrix`)
  const result = tellCase(found.one, found.second)
  if (result === undefined) {
    print(`it does not apply: ${'never' in found.one.place ? found.one.place.never : ''}`)
    return true
  }
  const about = result.happenings.find((happening) => happening.about !== '')?.about ?? ''
  print(outcomes(result))
  for (const { predicate, sentence } of result.violations) print(`${predicate}: ${sentence}`)
  print(spaceTime(result.happenings, about))
  return result.violations.length === 0
}

function runMutants({ mustWrite }: Asked): boolean {
  print('median   most seeds until the first that showed it')
  const { ran, seconds } = timed(() => measureMutants(mutantSeedsMax, (measured) => print(tellMeasured(measured))))
  print(`\n${ran.length} mutants, ${Math.round(seconds)} seconds of CPU time`)
  if (mustWrite) writePart('mutants', mutantRows(ran))
  return ran.every(({ median }) => median !== undefined)
}

// Whoever reads only the beginning, as `head` does, has what was wanted.
process.stdout.on('error', () => process.exit())

process.exitCode = main() ? 0 : 1
