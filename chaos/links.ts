// The network between the processes of a test: every connection passes here, knows who opened it and whom it reaches, and
// can be cut in either direction. What was sent into a cut arrives when it is healed, as after a real partition.

import net from 'node:net'
import { fileURLToPath } from 'node:url'

interface Link {
  readonly from: string
  readonly to: string
  readonly client: net.Socket
  readonly server: net.Socket
}

export class Links implements AsyncDisposable {
  readonly #server: net.Server
  readonly #entrances: net.Server[] = []
  readonly #links = new Set<Link>()
  /** All that were accepted, those that wait for a cut to heal as well. */
  readonly #clients = new Set<net.Socket>()
  readonly #cuts = new Set<string>()
  readonly #names = new Map<string, string>()
  #waiting: (() => void)[] = []
  port = 0

  private constructor() {
    this.#server = net.createServer((client) => this.#accept(client))
  }

  static async open(): Promise<Links> {
    const links = new Links()
    await new Promise<void>((resolve) => links.#server.listen(0, '127.0.0.1', resolve))
    links.port = (links.#server.address() as net.AddressInfo).port
    return links
  }

  name(address: string, name: string): void {
    this.#names.set(address, name)
  }

  /**
   * A port of its own: whoever connects to it is `from`, and reaches `address`. For those that are not started with the
   * environment of a name.
   */
  async entrance(from: string, address: string): Promise<number> {
    const server = net.createServer((client) => {
      this.#clients.add(client)
      client.on('close', () => this.#clients.delete(client))
      client.on('error', () => client.destroy())
      client.pause()
      this.#connect(client, from, address, Buffer.alloc(0))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.#entrances.push(server)
    return (server.address() as net.AddressInfo).port
  }

  /** For the environment of the process with this name. */
  environment(name: string): Readonly<Record<string, string>> {
    const preload = fileURLToPath(new URL('./links-preload.js', import.meta.url))
    return { NODE_OPTIONS: `--import=${preload}`, LINKS_PORT: String(this.port), LINKS_NAME: name }
  }

  /** Nothing from one side reaches the other; in both directions unless `oneWay`. */
  cut(side: readonly string[], other: readonly string[], oneWay = false): void {
    for (const from of side) {
      for (const to of other) {
        this.#cuts.add(`${from} ${to}`)
        if (!oneWay) this.#cuts.add(`${to} ${from}`)
      }
    }
    for (const link of this.#links) this.#apply(link)
  }

  heal(): void {
    this.#cuts.clear()
    for (const link of this.#links) this.#apply(link)
    const waiting = this.#waiting
    this.#waiting = []
    for (const connect of waiting) connect()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy()
    for (const { server } of this.#links) server.destroy()
    await Promise.all([this.#server, ...this.#entrances].map((one) => new Promise((resolve) => one.close(resolve))))
  }

  #accept(client: net.Socket): void {
    this.#clients.add(client)
    client.on('close', () => this.#clients.delete(client))
    client.on('error', () => client.destroy())
    let head = Buffer.alloc(0)
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\n')
      if (end < 0) return
      client.off('data', read)
      client.pause()
      const [from = '', address = ''] = head.subarray(0, end).toString().split(' ')
      this.#connect(client, from, address, head.subarray(end + 1))
    }
    client.on('data', read)
  }

  #connect(client: net.Socket, from: string, address: string, rest: Buffer): void {
    const to = this.#names.get(address) ?? address
    // A connection needs both directions to come about.
    if (this.#isCut(from, to) || this.#isCut(to, from)) {
      this.#waiting.push(() => this.#connect(client, from, address, rest))
      return
    }
    if (client.destroyed) return
    const at = address.lastIndexOf(':')
    const server = net.connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) })
    const link: Link = { from, to, client, server }
    this.#links.add(link)
    if (rest.length > 0) server.write(rest)
    client.on('data', (chunk) => server.write(chunk))
    server.on('data', (chunk) => client.write(chunk))
    const end = (): void => {
      this.#links.delete(link)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      socket.on('error', end)
      socket.on('close', end)
      socket.on('end', end)
    }
    this.#apply(link)
  }

  #apply({ from, to, client, server }: Link): void {
    if (this.#isCut(from, to)) client.pause()
    else client.resume()
    if (this.#isCut(to, from)) server.pause()
    else server.resume()
  }

  #isCut(from: string, to: string): boolean {
    return this.#cuts.has(`${from} ${to}`)
  }
}
