// Runs spin on every model of spec/ and its variants (spec/runs.mjs), fails when one comes out otherwise than expected,
// and writes the table into docs/proof.md. With --check the page is compared, not written. Without spin or a C compiler
// it says so and does nothing; in CI that is a failure.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runs } from '../spec/runs.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const page = join(root, 'docs', 'proof.md')
const begin = '<!-- begin: written by `npm run spec` -->'
const end = '<!-- end -->'
const memoryMb = 2_000
const secondsPerRun = 300

/** @typedef {{ states: number, moves: number, isViolated: boolean, seconds: number, trouble: string }} Result */

/** @param {string} command */
function isThere(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

/**
 * One search. An error is looked for breadth first, so that the moves are those of the shortest counter-example.
 * @param {string} folder
 * @param {import('../spec/runs.mjs').Run} run
 * @param {'safety' | 'shortest' | 'cycles'} search
 * @returns {Result}
 */
function search(folder, run, search) {
  const defines = run.defines.split(' ').flatMap((word) => (word === '' ? [] : [`-D${word}`]))
  execFileSync('spin', ['-a', ...defines, join(root, 'spec', `${run.model}.pml`)], { cwd: folder })
  const how = { safety: ['-DSAFETY'], shortest: ['-DSAFETY', '-DBFS'], cycles: ['-DNP'] }[search]
  const limits = [`-DMEMLIM=${memoryMb}`, '-DCOLLAPSE']
  execFileSync('gcc', ['-O1', '-w', ...how, ...limits, '-o', 'pan', 'pan.c'], { cwd: folder })
  const options = { safety: ['-m100000'], shortest: [], cycles: ['-l', '-m200000'] }[search]
  const startedAt = performance.now()
  const { stdout, error } = spawnSync('./pan', options, {
    cwd: folder,
    encoding: 'utf8',
    timeout: secondsPerRun * 1_000,
    killSignal: 'SIGKILL',
  })
  const seconds = (performance.now() - startedAt) / 1_000
  return { ...read(stdout), ...(error === undefined ? {} : { trouble: `not finished in ${secondsPerRun} s` }), seconds }
}

/** @param {string} output */
function read(output) {
  const number = (pattern) => Number(pattern.exec(output)?.[1] ?? Number.NaN)
  const errors = number(/errors: (\d+)/)
  const limit = /max search depth too small|reached -DMEMLIM bound|out of memory/.exec(output)?.[0]
  const isAssertion = /assertion violated|non-progress cycle \(/.test(output)
  const trouble = limit ?? (Number.isNaN(errors) || (errors > 0 && !isAssertion) ? output.slice(0, 2_000) : '')
  return {
    states: number(/(\d+) states, stored/),
    moves: number(/depth reached (\d+)/),
    isViolated: errors > 0,
    trouble,
  }
}

/** @param {string} folder @param {import('../spec/runs.mjs').Run} run */
function perform(folder, run) {
  const result = search(folder, run, run.expected === 'safe' ? 'safety' : 'shortest')
  const cycles = run.ends === true ? search(folder, run, 'cycles') : undefined
  const isAsExpected =
    result.trouble === '' && result.isViolated === (run.expected !== 'safe') && cycles?.isViolated !== true
  return { run, result, isAsExpected: isAsExpected && (cycles?.trouble ?? '') === '', cycles }
}

/** @param {ReturnType<typeof perform>} performed */
function inWords({ run, result, cycles }) {
  if (result.trouble !== '') return result.trouble
  if (!result.isViolated)
    return cycles === undefined ? 'safe' : cycles.isViolated ? 'may never end' : 'safe, always ends'
  return `${run.expected === 'reached' ? 'reached' : 'violated'}, ${result.moves} moves`
}

const count = (states) => states.toLocaleString('en-US')

/** @param {readonly ReturnType<typeof perform>[]} all */
function table(all) {
  const lines = all.map((one) => {
    const { run, result } = one
    const cells = [run.model, run.defines, run.what, inWords(one), count(result.states), run.published || '–']
    return `| ${cells.join(' | ')} |`
  })
  const head = ['| model | variant | what | result | states | published |', '| --- | --- | --- | --- | ---: | ---: |']
  return [...head, ...lines].join('\n')
}

/** @param {string} written */
function intoPage(written) {
  const text = readFileSync(page, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`docs/proof.md has no '${begin}' ... '${end}'`)
  const next = `${text.slice(0, from + begin.length)}\n${written}\n${text.slice(to)}`
  if (next === text) return
  if (!process.argv.includes('--check')) {
    writeFileSync(page, next)
    return
  }
  console.error('docs/proof.md does not say what the models say. Run `npm run spec` and commit the result.')
  process.exitCode = 1
}

function runAll() {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-spec-'))
  try {
    return runs.map((run) => {
      const one = perform(folder, run)
      const { result, isAsExpected } = one
      const states = count(result.states).padStart(10)
      const name = `${run.model} ${run.defines}`.padEnd(44)
      const verdict = isAsExpected ? 'ok   ' : 'WRONG'
      console.log(`${verdict} ${name} ${states} states ${result.seconds.toFixed(2).padStart(6)} s  ${inWords(one)}`)
      return one
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const missing = ['spin', 'gcc'].filter((command) => !isThere(command))
if (missing.length > 0) {
  console.log(`skipped: no ${missing.join(' and no ')} here (Debian: apt-get install spin gcc libc6-dev)`)
  if (process.env['CI'] === 'true') process.exitCode = 1
} else {
  const all = runAll()
  const wrong = all.filter((one) => !one.isAsExpected)
  if (wrong.length > 0) {
    console.error(`${wrong.length} of ${all.length} came out otherwise than expected; docs/proof.md was left alone`)
    process.exitCode = 1
  } else {
    intoPage(table(all))
  }
}
