// Loaded into every process of a test that cuts links: each outgoing connection goes through the test's own proxy, and says
// first who wants to reach whom. Nothing of the product knows about it.

import net from 'node:net'
import { isMainThread } from 'node:worker_threads'

const proxyPort = Number(process.env['LINKS_PORT'])
const self = process.env['LINKS_NAME'] ?? ''

// Whoever was started with a channel does not outlive its starter: the kernel closes the channel of a killed one.
if (isMainThread && process.channel !== undefined) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}

type Connect = (this: net.Socket, ...args: unknown[]) => net.Socket

const { connect } = net.Socket.prototype as unknown as { connect: Connect }

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const [options, listener] = normalized(args)
  if (options?.port === undefined) return connect.apply(this, args)
  const { host = '127.0.0.1', port } = options
  // Before anything that the one who connects has to say.
  this.prependOnceListener('connect', () => this.write(`${self} ${host}:${port}\n`))
  const through = { ...options, host: '127.0.0.1', port: proxyPort }
  return typeof listener === 'function' ? connect.call(this, through, listener) : connect.call(this, through)
} as typeof net.Socket.prototype.connect

/** net.connect hands over what it has normalized as one array. */
function normalized(args: unknown[]): [{ host?: string; port?: number | string } | undefined, unknown] {
  const [options, listener]: unknown[] = Array.isArray(args[0]) ? args[0] : args
  return [typeof options === 'object' && options !== null ? options : undefined, listener]
}
