// `concordat health`: does the process serve? For health checks of containers.

import { makeGenericClientConstructor } from '@grpc/grpc-js'
import type { Command } from 'commander'
import { service } from 'grpc-health-check'
import { channelOptions, clientCredentials, fromServiceError } from '../wire/index.ts'
import { addressDefault, readAddress, readCount } from './arguments.ts'
import { type ExitCode, exitCodes } from './exit-code.ts'
import type { Finish } from './status.ts'
import type { Terminal } from './terminal.ts'

interface HealthOptions {
  readonly timeoutMs: number
}

/** The library exports the service without types for its client. */
interface HealthStub {
  check(
    request: { service: string },
    options: { deadline: number },
    callback: (error: Error | null, response?: { status: string | number }) => void,
  ): void
  close(): void
}

export function addHealth(program: Command, terminal: Terminal, finish: Finish): void {
  program
    .command('health')
    .summary('does the process serve?')
    .description('Asks a process for its health (grpc.health.v1).')
    .argument('[address]', 'a coordinator or a participant: host:port', readAddress, addressDefault)
    .option('--timeout-ms <ms>', 'how long to wait for an answer', readCount, 2_000)
    .addHelpText(
      'after',
      `
Ends with 0 when it serves, else with 1.

Examples:
  $ concordat health
  $ concordat health inventory:7411 --timeout-ms 500`,
    )
    .action(async (address: string, options: HealthOptions) => finish(await health(address, options, terminal)))
}

async function health(address: string, { timeoutMs }: HealthOptions, terminal: Terminal): Promise<ExitCode> {
  const status = await check(address, timeoutMs).catch((error: unknown) => {
    const { code, message } = fromServiceError(error)
    return code === 'COORDINATOR_UNREACHABLE' ? `nothing answers at ${address}` : `${code}: ${message}`
  })
  terminal.out(status === 'SERVING' ? 'serving' : `not serving: ${status}`)
  return status === 'SERVING' ? exitCodes.ok : exitCodes.found
}

function check(address: string, timeoutMs: number): Promise<string> {
  const HealthClient = makeGenericClientConstructor(service, 'Health')
  const stub = new HealthClient(address, clientCredentials(), channelOptions) as unknown as HealthStub
  return new Promise<string>((resolve, reject) => {
    stub.check({ service: '' }, { deadline: Date.now() + timeoutMs }, (error, response) => {
      if (error) reject(error)
      else resolve(String(response?.status))
    })
  }).finally(() => stub.close())
}
