#!/usr/bin/env node
// One process of the shop: `node dist/demo/main.js orders|inventory|payments|storefront`. Serves until SIGTERM.

import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { connect, type Protocol } from 'concordat/client'
import type { ParticipantService } from 'concordat/participant'
import { destination, type Logger, pino } from 'pino'
import { z } from 'zod'
import { openingAccounts, openingStock } from './catalogue.ts'
import { inventoryService } from './inventory/service.ts'
import { ordersService } from './orders/service.ts'
import { paymentsService } from './payments/service.ts'
import { storefrontServer } from './storefront/server.ts'

interface Options {
  readonly listen: { readonly host: string; readonly port: number }
  readonly data: string
  readonly coordinator: string
  readonly protocol: Protocol
  readonly advertise?: string
  readonly seedStock?: string
  readonly seedAccounts?: string
}

/** A customer at a screen is told an honest "unknown" rather than nothing for seconds, and asks again. */
const outcomeWaitMs = 300

type Part = (options: Options, logger: Logger) => Promise<void>

const parts: Readonly<Record<string, Part>> = {
  orders: (options, logger) => serve(ordersService(databaseFile(options, 'orders'), logger), options, logger),
  inventory: (options, logger) => {
    const opening = readSeed(options.seedStock) ?? openingStock
    return serve(inventoryService(databaseFile(options, 'inventory'), opening, logger), options, logger)
  },
  payments: (options, logger) => {
    const opening = readSeed(options.seedAccounts) ?? openingAccounts
    return serve(paymentsService(databaseFile(options, 'payments'), opening, logger), options, logger)
  },
  storefront: serveStorefront,
}

async function serve(service: ParticipantService, options: Options, logger: Logger): Promise<void> {
  const { listen, coordinator, advertise } = options
  const stopped = stopSignal()
  await using running = await service.listen({
    ...listen,
    coordinator,
    ...(advertise === undefined ? {} : { advertise }),
  })
  logger.info({ address: running.address }, 'listening')
  logger.info({ signal: await stopped }, 'stopping')
}

async function serveStorefront({ listen, coordinator, protocol }: Options, logger: Logger): Promise<void> {
  const stopped = stopSignal()
  await using connection = connect(coordinator, { outcomeWaitMs })
  const server = storefrontServer(connection, protocol, logger).listen(listen)
  await once(server, 'listening')
  logger.info({ address: `${listen.host}:${(server.address() as AddressInfo).port}` }, 'listening')
  logger.info({ signal: await stopped }, 'stopping')
  // Requests that are being answered are answered; idle connections of browsers do not hold the process up.
  server.close()
  server.closeIdleConnections()
  await once(server, 'close')
}

/** The first SIGTERM or SIGINT from now on. A second one ends the process at once, as no listener is left. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
}

function databaseFile({ data }: Options, name: string): string {
  mkdirSync(data, { recursive: true })
  return join(data, `${name}.db`)
}

/** A JSON object of whole numbers by name, such as `{"teapot": 12}`. */
function readSeed(file: string | undefined): Record<string, number> | undefined {
  if (file === undefined) return undefined
  return z.record(z.string().min(1), z.int().nonnegative()).parse(JSON.parse(readFileSync(file, 'utf8')))
}

function parseListen(text: string): Options['listen'] {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  if (host === undefined || Number(port) > 65_535) throw new InvalidArgumentError('It is host:port.')
  return { host, port: Number(port) }
}

const command = new Command('shop')
  .description('One process of the demo shop: one of its three services, or the storefront before them.')
  .addArgument(new Argument('<part>', 'which process to be').choices(Object.keys(parts)))
  .addOption(
    new Option('--listen <host:port>', 'where to serve; port 0 picks a free one')
      .env('SHOP_LISTEN')
      .argParser(parseListen)
      .default({ host: '127.0.0.1', port: 0 }, '127.0.0.1:0'),
  )
  .addOption(new Option('--data <folder>', 'where the database file is').env('SHOP_DATA').default('.'))
  .addOption(
    new Option('--coordinator <host:port>', 'the coordinator').env('SHOP_COORDINATOR').default('127.0.0.1:7400'),
  )
  .addOption(
    new Option('--advertise <host:port>', 'where the coordinator dials this service; default: where it listens').env(
      'SHOP_ADVERTISE',
    ),
  )
  .addOption(
    new Option('--protocol <name>', 'by which protocol the storefront places orders')
      .env('SHOP_PROTOCOL')
      .choices(['two-phase', 'three-phase', 'saga'])
      .default('two-phase'),
  )
  .addOption(new Option('--seed-stock <file>', 'JSON of pieces by sku, for a new inventory').env('SHOP_SEED_STOCK'))
  .addOption(
    new Option('--seed-accounts <file>', 'JSON of cents by customer, for a new payments').env('SHOP_SEED_ACCOUNTS'),
  )
  .action(async (part: string, options: Options) => {
    // Written at once, so that the last lines before a crash are there to be read.
    const logger = pino({ base: { part }, timestamp: pino.stdTimeFunctions.isoTime }, destination({ sync: true }))
    await parts[part]?.(options, logger)
  })

await command.parseAsync()
