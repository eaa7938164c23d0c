// docker-compose.yml and Dockerfile without docker: the file is what the compose specification allows, and the processes
// that it names start, become healthy and sell something, on loopback and in temporary folders.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { Ajv, type AnySchemaObject } from 'ajv'
import { parse } from 'yaml'

interface Service {
  readonly entrypoint?: readonly string[]
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly read_only?: boolean
  readonly restart?: string
  readonly healthcheck: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readText = (path: string): string => readFileSync(join(root, path), 'utf8')
const compose = parse(readText('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> }
const services = Object.entries(compose.services)

/** The instructions of the Dockerfile's last stage, continued lines joined. */
const dockerfile = readText('Dockerfile').replaceAll('\\\n', ' ').split('\n')
const lastStage = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')))
const instructions = (name: string): string[] =>
  lastStage.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim())
const imageEntrypoint = JSON.parse(instructions('ENTRYPOINT')[0] ?? '[]') as string[]

describe('docker-compose.yml', () => {
  test('is what the compose specification allows', () => {
    const schema = JSON.parse(readText('node_modules/dclint/schemas/compose.schema.json')) as AnySchemaObject
    // It names its draft with https; ajv knows that draft with http only, and takes it when none is named.
    delete schema.$schema
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    void validate(compose)
    expect(validate.errors ?? []).toEqual([])
  })

  test('every service restarts by itself and writes only to its volume', () => {
    for (const [name, service] of services) {
      expect([name, service.restart, service.read_only]).toEqual([name, 'unless-stopped', true])
      for (const volume of service.volumes ?? []) expect(volume).toBe(`${name}:/data`)
    }
  })

  test('only the storefront and the coordinator can be reached, and only from this machine', () => {
    const published = services.filter(([, service]) => (service.ports ?? []).length > 0)
    expect(published.map(([name]) => name).sort()).toEqual(['coordinator', 'storefront'])
    for (const [, { ports = [] }] of published) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  test('a service starts when those it depends on are healthy', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(compose.services).toHaveProperty(name)
        expect(condition).toBe('service_healthy')
      }
    }
  })
})

describe('Dockerfile', () => {
  test('runs as nobody in particular, on a volume, and says how it is', () => {
    const [user = ''] = instructions('USER')
    expect(user).toMatch(/^\d{5,}:\d{5,}$/)
    expect(instructions('VOLUME')).toEqual(['/data'])
    expect(instructions('HEALTHCHECK')[0]).toContain('CMD ["node", "dist/cli/main.js", "health"')
  })

  test('starts the command line, and copies files that are there', () => {
    expect(imageEntrypoint).toEqual(['node', 'dist/cli/main.js'])
    expect(instructions('WORKDIR')).toEqual(['/concordat'])
    const copied = instructions('COPY').flatMap((line) =>
      line.split(' ').filter((word) => word.startsWith('/concordat/')),
    )
    expect(copied.length).toBeGreaterThan(0)
    for (const path of copied) expect([path, existsSync(path.replace('/concordat', root))]).toEqual([path, true])
  })

  test('builds with the same major version of Node everywhere', () => {
    const bases = dockerfile.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1])
    expect(new Set(bases)).toEqual(new Set(['node:22-bookworm-slim']))
  })
})

/** The services as processes on this machine: their hosts, ports and volumes are translated, the rest is as written. */
class Containers implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'concordat-compose-'))
  readonly #ports = new Map<string, number>()
  readonly #running = new Map<string, { readonly process: ChildProcess; output: string }>()

  async up(): Promise<void> {
    for (const name of inStartOrder()) {
      await this.#findPorts(name)
      this.#start(name)
      await this.#untilHealthy(name)
    }
  }

  /** Where a published port of a service is on this machine. */
  published(name: string): string {
    const port = compose.services[name]?.ports?.[0]?.split(':').at(-1)
    return `127.0.0.1:${this.#ports.get(`${name}:${port}`)}`
  }

  async down(): Promise<Record<string, unknown>> {
    const ends: Record<string, unknown> = {}
    for (const name of inStartOrder().reverse()) {
      const container = this.#running.get(name)
      if (container === undefined) continue
      const ended = once(container.process, 'exit')
      container.process.kill('SIGTERM')
      const [code, signal] = await ended
      ends[name] = signal ?? code
      this.#running.delete(name)
    }
    return ends
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#running.values()) {
      const ended = once(process, 'exit')
      if (process.kill('SIGKILL')) await ended
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #start(name: string): void {
    const service = compose.services[name]!
    const argv = [...(service.entrypoint ?? imageEntrypoint), ...service.command].map((word) => this.#here(name, word))
    const environment = Object.entries(service.environment ?? {}).map(([key, text]) => [key, this.#here(name, text)])
    const env = { PATH: process.env['PATH'], ...Object.fromEntries(environment) }
    const child = spawn(argv[0]!, argv.slice(1), { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const container = { process: child, output: '' }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (container.output += String(chunk)))
    this.#running.set(name, container)
  }

  async #untilHealthy(name: string): Promise<void> {
    const [how, ...words] = compose.services[name]!.healthcheck.test
    expect(how).toBe('CMD')
    const [program, ...args] = words.map((word) => this.#here(name, word))
    const container = this.#running.get(name)!
    for (let attempt = 1; ; attempt += 1) {
      try {
        await promisify(execFile)(program!, args, { cwd: root })
        return
      } catch (error) {
        const hasEnded = container.process.exitCode !== null
        if (hasEnded || attempt === 40) throw new Error(`${name} is not healthy: ${String(error)}\n${container.output}`)
        await setTimeout(100)
      }
    }
  }

  /** Gives every port that a service listens on a free one here. */
  async #findPorts(name: string): Promise<void> {
    const listening = compose.services[name]!.command.join(' ').matchAll(/0\.0\.0\.0:(\d+)/g)
    for (const [, port] of listening) {
      const probe = createServer().listen(0, '127.0.0.1')
      await once(probe, 'listening')
      this.#ports.set(`${name}:${port}`, (probe.address() as AddressInfo).port)
      probe.close()
      await once(probe, 'close')
    }
  }

  #here(name: string, word: string): string {
    if (word === 'node') return process.execPath
    if (word === '/data') return join(this.#folder, name)
    return word.replace(/\b(0\.0\.0\.0|127\.0\.0\.1|[a-z]+):(\d+)\b/g, (address, host: string, port: string) => {
      const found = this.#ports.get(`${/^\d/.test(host) ? name : host}:${port}`)
      return found === undefined ? address : `127.0.0.1:${found}`
    })
  }
}

/** Each service after those it depends on, as compose starts them. */
function inStartOrder(): string[] {
  const order: string[] = []
  const visit = (name: string): void => {
    for (const needed of Object.keys(compose.services[name]?.depends_on ?? {})) visit(needed)
    if (!order.includes(name)) order.push(name)
  }
  for (const [name] of services) visit(name)
  return order
}

describe('the services that docker-compose.yml names', () => {
  test('become healthy, sell a teapot, and stop when asked', async () => {
    await using containers = new Containers()
    await containers.up()
    const storefront = `http://${containers.published('storefront')}`
    const order = { customer: 'ada', sku: 'teapot', quantity: 2, card: '4000 0000 0000 1234', orderId: 'order-1' }
    const answer = await fetch(`${storefront}/orders`, { method: 'POST', body: JSON.stringify(order) })
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ orderId: 'order-1' })])
    const placed = await fetch(`${storefront}/orders/order-1`)
    expect(await placed.json()).toMatchObject({ customer: 'ada', status: 'confirmed' })
    const stock = (await (await fetch(`${storefront}/stock`)).json()) as { sku: string }[]
    expect(stock.find((shelf) => shelf.sku === 'teapot')).toMatchObject({ reserved: 0, sold: 2 })
    const ends = await containers.down()
    expect(ends).toEqual(Object.fromEntries(services.map(([name]) => [name, 0])))
  }, 60_000)
})
