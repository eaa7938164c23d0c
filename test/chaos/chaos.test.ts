// `npm run chaos`, short: all faults, all protocols, one seed; what has to hold always holds here too.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const seconds = 12

async function chaos(args: readonly string[]) {
  const script = fileURLToPath(new URL('../../chaos/main.js', import.meta.url))
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

test('a short run', async () => {
  const { code, output } = await chaos(['--minutes', String(seconds / 60), '--seed', '11'])
  // Its words say what was violated, with the history of the jobs.
  expect(output).toContain('Seed 11: all guarantees hold.')
  expect(code).toBe(0)
  const [, committed = '0'] = /jobs: ([\d,]+) committed/.exec(output.slice(output.lastIndexOf('jobs: '))) ?? []
  expect(Number(committed.replace(',', ''))).toBeGreaterThan(10)
}, 180_000)

test('what it cannot do it says', async () => {
  const { code, output } = await chaos(['--faults', 'earthquake'])
  expect(output).toContain("'earthquake' is none of kill, power")
  expect(code).not.toBe(0)
})
