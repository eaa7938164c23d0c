// The command as a process: what it loads, how it starts a coordinator, and how it ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { run } from './fake-operator.ts'

const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

interface Started extends AsyncDisposable {
  readonly process: ChildProcess
  readonly address: string
  /** The exit code. */
  readonly ended: Promise<number | null>
}

async function startCoordinator(): Promise<Started> {
  const data = await mkdtemp(join(tmpdir(), 'concordat-cli-'))
  const argv = ['coordinator', '--listen', '127.0.0.1:0', '--data', data]
  const process = spawn(globalThis.process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(process, 'exit').then(([code]) => code as number | null)
  const [line] = (await once(createInterface(process.stdout), 'line')) as [string]
  const { msg, address } = JSON.parse(line) as { msg: string; address: string }
  expect(msg).toBe('listening')
  return {
    process,
    address,
    ended,
    async [Symbol.asyncDispose]() {
      process.kill('SIGKILL')
      await ended
      await rm(data, { recursive: true, force: true })
    },
  }
}

test('coordinator says where it listens, serves, and drains at SIGTERM', async () => {
  await using coordinator = await startCoordinator()
  expect(await run(['health', coordinator.address])).toMatchObject({ code: 0, out: 'serving' })
  expect(await run(['status', '-c', coordinator.address])).toMatchObject({ code: 0 })
  coordinator.process.kill('SIGTERM')
  expect(await coordinator.ended).toBe(0)
})

test('coordinator ends when an operator drains it', async () => {
  await using coordinator = await startCoordinator()
  expect(await run(['drain', '-c', coordinator.address])).toMatchObject({ code: 0 })
  expect(await coordinator.ended).toBe(0)
})

test('an unknown environment variable of ours is an error', async () => {
  const env = { ...process.env, CONCORDAT_VOTE_TIMEOUT: '5' }
  const child = spawn(process.execPath, [main, 'coordinator'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const errors: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const [code] = await once(child, 'close')
  expect(code).toBe(2)
  expect(Buffer.concat(errors).toString()).toMatch(/^CONFIG_INVALID: .*CONCORDAT_VOTE_TIMEOUT /)
})
