// Where the command writes and asks: the process's own streams, or a test's.

import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'

export interface Terminal {
  out(line: string): void
  error(line: string): void
  /** A person can be asked. */
  readonly isInteractive: boolean
  readonly hasColor: boolean
  readonly columns: number
  ask(question: string): Promise<string>
}

/** Wide enough for an id, an age and a sentence, where nobody says how wide the screen is. */
const columnsDefault = 120

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process
  // `concordat status | head`: whoever reads has seen enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  return {
    out: (line) => void stdout.write(`${line}\n`),
    error: (line) => void stderr.write(`${line}\n`),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    hasColor: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '',
    columns: stdout.columns ?? columnsDefault,
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stderr })
      try {
        return await lines.question(question)
      } finally {
        lines.close()
      }
    },
  }
}

export const bold = (terminal: Terminal, text: string): string =>
  // The check is the terminal's: styleText would look at the process's own stream.
  terminal.hasColor ? styleText('bold', text, { validateStream: false }) : text

/** Machines read this; keys in the order of the object. */
export const printJson = (terminal: Terminal, value: unknown): void => terminal.out(JSON.stringify(value, null, 2))
