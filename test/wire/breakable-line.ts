// A TCP connection through this process, which a test can cut or silence.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface BreakableLine extends AsyncDisposable {
  /** Leads to that port; the promise is the port to connect to. */
  readonly to: (port: number) => Promise<number>
  /** Both sides see the connection end. */
  cut(): void
  /** Nothing passes any more, and nobody is told. */
  mute(): void
}

export async function breakableLine(): Promise<BreakableLine> {
  const sockets: Socket[] = []
  let target = 0
  const server = createServer((from) => {
    const to = connect(target, '127.0.0.1')
    for (const socket of [from, to]) {
      sockets.push(socket)
      socket.on('error', () => socket.destroy())
    }
    from.pipe(to)
    to.pipe(from)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    to: async (port) => {
      target = port
      return (server.address() as AddressInfo).port
    },
    cut,
    mute() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
