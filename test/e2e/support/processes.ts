// Real processes on loopback: started, killed, awaited. Nothing here sleeps; everything waits for a condition.

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isStopped } from '../../../chaos/is-stopped.ts'

/** Loaded into every child: when the test run is gone, however it went, so is the child. */
const leash = new URL('../../../demo/leash.js', import.meta.url)

const root = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
}

export class Child implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #exited: Promise<Ended>
  readonly #name: string
  readonly output: string[] = []
  address = ''

  constructor(script: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#name = `${script} ${env['CONCORDAT_CRASH_POINT'] ?? 'without a crash point'}`
    this.#process = spawn(process.execPath, ['--import', leash.href, root(script), ...args], {
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#exited = new Promise((resolve) => this.#process.once('exit', (code, signal) => resolve({ code, signal })))
  }

  /** Waits for the line that says where it listens. */
  async listening(): Promise<this> {
    const failed = this.#exited.then(({ code, signal }) => {
      throw new Error(`ended (${code ?? signal}) before it listened:\n${this.output.join('')}`)
    })
    const listening = new Promise<void>((resolve) => {
      const read = (chunk: Buffer): void => {
        this.output.push(String(chunk))
        const line = this.output
          .join('')
          .split('\n')
          .find((text) => text.includes('"listening"'))
        if (line === undefined || this.address !== '') return
        this.address = (JSON.parse(line) as { address: string }).address
        resolve()
      }
      this.#process.stdout?.on('data', read)
      this.#process.stderr?.on('data', (chunk) => this.output.push(String(chunk)))
    })
    failed.catch(() => {})
    await Promise.race([listening, failed])
    return this
  }

  /** How it ended, by itself or killed. A process that lives on after 30 s fails the test: its fault has not happened. */
  get exited(): Promise<Ended> {
    let timer: NodeJS.Timeout
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`never ended: ${this.#name}\n${this.#tail()}`)), 30_000)
    })
    return Promise.race([this.#exited, tooLate]).finally(() => clearTimeout(timer))
  }

  /** It stands at its crash point, which was to stop it. What it says just before is too early: it would go on too soon. */
  async stopped(): Promise<void> {
    const { pid } = this.#process
    await until(
      `stopped: ${this.#name}`,
      () => pid !== undefined && isStopped(pid),
      (stands) => stands,
    )
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    this.#process.kill(signal)
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await this.#exited
  }

  #tail(): string {
    return this.output.join('').slice(-2_000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }
}

/** Asks again until it holds; fails with the last answer after 20 s. */
export async function until<T>(what: string, ask: () => Promise<T> | T, holds: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (performance.now() > deadline) throw new Error(`never came true: ${what}; last: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
