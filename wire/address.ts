// Addresses that people type: a mistake is said at once and by name, not as a connection that never comes.

import { transactionError } from './transaction-error.ts'

const withScheme = /^(?:unix:|unix-abstract:|ipv4:|ipv6:|dns:)./
const hostAndPort = /^(?:\[[0-9a-fA-F:.%]+\]|[^\s:/[\]]+):(\d{1,5})$/

/**
 * The address itself: `host:port`, or one of gRPC's own forms such as `unix:/run/concordat.sock`. Throws a
 * TransactionError CONFIG_INVALID that says what is wrong with it.
 */
export function checkAddress(what: string, address: string): string {
  if (withScheme.test(address)) return address
  const [, port] = hostAndPort.exec(address) ?? []
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return address
  const why = /^[a-z]+:\/\//.test(address) ? 'it is no URL: leave the scheme away' : 'it is host:port'
  const message = `${what} is ${JSON.stringify(address)}; ${why}, such as localhost:7400`
  throw transactionError('CONFIG_INVALID', message)
}
