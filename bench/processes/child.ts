// A process of a benchmark: started, asked over its channel, stopped or killed. None outlives the runner.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  readonly name: string
  /** What node runs. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What the runner asks; whatever else it says depends on the question. */
export interface Ask {
  readonly number: number
  readonly ask: string
  readonly [more: string]: unknown
}

export interface Answer {
  readonly number: number
  readonly answer?: unknown
  readonly error?: string
}

export interface Usage {
  readonly pid: number
  /** Of all threads, since the start. */
  readonly cpuUs: number
  readonly residentBytes: number
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

const leash = new URL('../leash.js', import.meta.url)
const lastLinesMax = 12
const alive = new Set<ChildProcess>()

export class Child {
  readonly name: string
  readonly exited: Promise<string>
  readonly #process: ChildProcess
  readonly #lastLines: string[] = []
  readonly #waiting = new Map<number, Waiting>()
  readonly #listening: Promise<string>
  #number = 0
  #address = ''

  private constructor({ name, args, env }: ChildOptions) {
    this.name = name
    this.#process = spawn(process.execPath, ['--import', leash.href, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
    })
    alive.add(this.#process)
    this.#process.once('exit', () => alive.delete(this.#process))
    this.#process.on('message', (message) => this.#heard(message as Answer))
    this.exited = once(this.#process, 'close').then(([code, signal]) => String(signal ?? code))
    this.#listening = this.#read()
    void this.exited.then((how) => this.#gone(how))
  }

  /** Resolves when the process says that it serves. */
  static async start(options: ChildOptions): Promise<Child> {
    const child = new Child(options)
    child.#address = await child.#listening
    return child
  }

  /** Where it serves, host:port. */
  get address(): string {
    return this.#address
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  ask<T>(ask: string, more: object = {}): Promise<T> {
    this.#number += 1
    const number = this.#number
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve: resolve as Waiting['resolve'], reject })
      this.#process.send({ ...more, number, ask } satisfies Ask, (error) => {
        if (error !== null) reject(new Error(`${this.name} cannot be asked: ${error.message}${this.#tail()}`))
      })
    })
  }

  usage(): Promise<Usage> {
    return this.ask<Usage>('usage')
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGTERM')
    const how = await this.exited
    if (how !== '0') throw new Error(`${this.name} was asked to stop and ended with ${how}${this.#tail()}`)
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.exited
  }

  #heard({ number, answer, error }: Answer): void {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    if (error === undefined) waiting?.resolve(answer)
    else waiting?.reject(new Error(`${this.name}: ${error}`))
  }

  #gone(how: string): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new Error(`${this.name} ended with ${how} before it answered${this.#tail()}`))
    }
  }

  /** Resolves with the address in its line `{"msg":"listening","address":"…"}`. */
  #read(): Promise<string> {
    return new Promise((resolve, reject) => {
      for (const stream of [this.#process.stdout, this.#process.stderr]) {
        if (stream === null) continue
        createInterface(stream).on('line', (line) => {
          this.#lastLines.push(line)
          if (this.#lastLines.length > lastLinesMax) this.#lastLines.shift()
          const address = listeningAddress(line)
          if (address !== undefined) resolve(address)
        })
      }
      void this.exited.then((how) => reject(new Error(`${this.name} ended with ${how} at its start${this.#tail()}`)))
    })
  }

  #tail(): string {
    return this.#lastLines.length === 0 ? '' : `. Its last lines:\n${this.#lastLines.join('\n')}`
  }
}

function listeningAddress(line: string): string | undefined {
  if (!line.includes('"listening"')) return undefined
  const { msg, address } = JSON.parse(line) as { msg?: unknown; address?: unknown }
  return msg === 'listening' && typeof address === 'string' ? address : undefined
}

/** Kills whatever is still running; synchronous, so that it also works while the runner itself is ending. */
export function killChildren(): void {
  for (const child of alive) child.kill('SIGKILL')
}
