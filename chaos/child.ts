// A process under test: started, listened to, signalled. Whoever ends without being meant to is a finding.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isStopped } from './is-stopped.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildOptions {
  readonly name: string
  /** Of dist/, with its arguments. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Its output is added here. */
  readonly logFile: string
}

const startsWithinMs = 60_000
const lastLinesMax = 8
const alive = new Set<ChildProcess>()

export class Child {
  readonly exited: Promise<Exit>
  readonly #name: string
  readonly #process: ChildProcess
  readonly #lastLines: string[] = []
  readonly #listening: Promise<void>
  hasEnded = false
  /** Whether an end like this one is meant to be. */
  isMeant: (exit: Exit) => boolean = () => false

  constructor({ name, args, env, logFile }: ChildOptions, onFinding: (text: string) => void) {
    const [script = '', ...rest] = args
    this.#name = name
    this.#process = spawn(process.execPath, [fileURLToPath(new URL(`../${script}`, import.meta.url)), ...rest], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'test', ...env },
    })
    alive.add(this.#process)
    this.exited = once(this.#process, 'close').then(([code, signal]) => {
      this.hasEnded = true
      alive.delete(this.#process)
      const exit = { code, signal } as Exit
      if (!this.isMeant(exit)) onFinding(`${name} ended with ${signal ?? code} by itself${this.#tail()}`)
      return exit
    })
    this.#listening = this.#read(logFile)
    this.#listening.catch(() => {})
  }

  /** Resolves when it says that it serves. */
  listening(): Promise<void> {
    return this.#listening
  }

  async kill(): Promise<void> {
    this.isMeant = () => true
    this.#process.kill('SIGKILL')
    await this.exited
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(signal)
  }

  get isStopped(): boolean {
    return this.#process.pid !== undefined && isStopped(this.#process.pid)
  }

  #read(logFile: string): Promise<void> {
    const log = createWriteStream(logFile, { flags: 'a' })
    log.on('error', () => {})
    void this.exited.then(() => log.end())
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.#name} does not serve${this.#tail()}`)), startsWithinMs)
      for (const stream of [this.#process.stdout, this.#process.stderr]) {
        if (stream === null) continue
        createInterface(stream).on('line', (line) => {
          log.write(`${line}\n`)
          this.#lastLines.push(line)
          if (this.#lastLines.length > lastLinesMax) this.#lastLines.shift()
          if (!line.includes('"listening"')) return
          clearTimeout(late)
          resolve()
        })
      }
      void this.exited.then(({ code, signal }) => {
        clearTimeout(late)
        reject(new Error(`${this.#name} ended with ${signal ?? code} before it served${this.#tail()}`))
      })
    })
  }

  #tail(): string {
    return this.#lastLines.length === 0 ? '' : `. Its last lines:\n    ${this.#lastLines.join('\n    ')}`
  }
}

/** Kills whatever is still running; synchronous, for a runner that is ending. */
export function killChildren(): void {
  for (const child of alive) child.kill('SIGKILL')
}
