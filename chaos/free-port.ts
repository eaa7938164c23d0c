// A port for a process that may die and come back.

import { createServer } from 'node:net'

/**
 * Below the range from which outgoing connections take theirs: while a process is dead nobody must get its port. Programs
 * that run beside each other choose from ranges of their own, because what is given is free until somebody listens.
 */
const lowest = 10_000
const portsEach = 1_000
const ranges = 19
const range = lowest + (process.pid % ranges) * portsEach

/** One after the other, from anywhere in the range: none is given twice while anybody may still want it. */
let next = Math.floor(Math.random() * portsEach)

export async function freePort(): Promise<number> {
  for (;;) {
    const port = range + next
    next = (next + 1) % portsEach
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
