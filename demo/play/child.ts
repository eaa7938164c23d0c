// A child process of the play: started, listened to until it serves, then stopped or left to crash. None outlives it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  readonly name: string
  /** What node runs. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Its output is added here. */
  readonly logFile: string
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const leash = new URL('../leash.js', import.meta.url)
const lastLinesMax = 12
const alive = new Set<ChildProcess>()

export class Child {
  readonly name: string
  /** Settles when the process has ended and all of its output has been read. */
  readonly exited: Promise<Exit>
  readonly #process: ChildProcess
  readonly #lastLines: string[] = []
  readonly #listening: Promise<string>

  private constructor({ name, args, env, logFile }: ChildOptions) {
    this.name = name
    this.#process = spawn(process.execPath, ['--import', leash.href, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A crash point armed for the runner is not meant for its children.
      env: { ...process.env, CONCORDAT_CRASH_POINT: '', ...env },
    })
    alive.add(this.#process)
    this.#process.once('exit', () => alive.delete(this.#process))
    this.exited = once(this.#process, 'close').then(([code, signal]) => ({ code, signal }) as Exit)
    this.#listening = this.#read(logFile)
  }

  /** Resolves when the child says that it serves. */
  static async start(options: ChildOptions): Promise<Child> {
    const child = new Child(options)
    await child.#listening
    return child
  }

  /** Where it serves, host:port. */
  get address(): Promise<string> {
    return this.#listening
  }

  /** Asks the child to end, and sees to it that it does so with code 0. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM')
    const { code, signal } = await this.exited
    if (code !== 0) throw new Error(`${this.name} was asked to stop and ended with ${signal ?? code}${this.#tail()}`)
  }

  /** Keeps its output, and resolves with the address in its line `{"msg":"listening","address":"…"}`. */
  #read(logFile: string): Promise<string> {
    const log = createWriteStream(logFile, { flags: 'a' })
    // When the play has failed its folder goes before its last child does; that failure is what is told.
    log.on('error', () => {})
    void this.exited.then(() => log.end())
    return new Promise((resolve, reject) => {
      for (const stream of [this.#process.stdout, this.#process.stderr]) {
        if (stream === null) continue
        createInterface(stream).on('line', (line) => {
          log.write(`${line}\n`)
          this.#lastLines.push(line)
          if (this.#lastLines.length > lastLinesMax) this.#lastLines.shift()
          const address = listeningAddress(line)
          if (address !== undefined) resolve(address)
        })
      }
      void this.exited.then(({ code, signal }) =>
        reject(new Error(`${this.name} ended with ${signal ?? code} before it served${this.#tail()}`)),
      )
    })
  }

  #tail(): string {
    return this.#lastLines.length === 0 ? '' : `. Its last lines:\n${this.#lastLines.join('\n')}`
  }
}

function listeningAddress(line: string): string | undefined {
  if (!line.includes('"listening"')) return undefined
  try {
    const { msg, address } = JSON.parse(line) as { msg?: unknown; address?: unknown }
    return msg === 'listening' && typeof address === 'string' ? address : undefined
  } catch {
    return undefined
  }
}

/** Kills whatever is still running; synchronous, so that it also works while the runner itself is ending. */
export function killChildren(): void {
  for (const child of alive) child.kill('SIGKILL')
}
