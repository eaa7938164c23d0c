import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { options } from '../../coordinator/config.ts'
import { FakeOperator, run, stuck } from './fake-operator.ts'

const commands = ['coordinator', 'status', 'show', 'outcome', 'resolve', 'forget', 'drain', 'health']
const id = stuck.transactionId
const escapeCharacter = String.fromCharCode(27)

describe('help', () => {
  test('lists every command', async () => {
    const { code, out } = await run(['--help'])
    expect(code).toBe(0)
    for (const command of commands) expect(out).toContain(`  ${command} `)
  })

  test.each(commands)('%s explains itself with an example, without colors', async (command) => {
    const { code, out } = await run([command, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`$ concordat ${command}`)
    expect(out).not.toContain(escapeCharacter)
  })

  test('coordinator has a flag for every option of its table', async () => {
    const { out } = await run(['coordinator', '--help'])
    for (const { flag, env } of options) {
      expect(out).toContain(`--${flag} `)
      expect(out.replace(/\s+/g, ' ')).toContain(`env: ${env})`)
    }
  })

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    expect(await run(['--version'])).toMatchObject({ code: 0, out: version })
  })
})

describe('a wrong call ends with 2', () => {
  test.each([
    [[], 'Usage:'],
    [['recover'], "unknown command 'recover'"],
    [['status', '--colour'], "unknown option '--colour'"],
    [['status', '--coordinator', 'nowhere'], 'An address is host:port'],
    [['status', '--older-than-ms', 'long'], 'It is a whole number'],
    [['show', '7'], 'An id looks like'],
    [['resolve', id, '--branch', '2', '--reason', 'x'], "option '--decision <decision>' not specified"],
    [['resolve', id, '--branch', '0', '--decision', 'abort', '--reason', 'x'], 'from 1 to 128'],
    [['resolve', id, '--branch', '2', '--decision', 'undo', '--reason', 'x'], 'Allowed choices are commit, abort'],
    [['forget', id], "option '--reason <text>' not specified"],
    [['coordinator', '--vote-timeout-ms', '1'], '--vote-timeout-ms is a whole number from 10'],
    [['coordinator', '--config', '/nowhere.json'], '/nowhere.json'],
  ])('%j', async (argv, message) => {
    const { code, error } = await run(argv)
    expect(code).toBe(2)
    expect(error).toContain(message)
  })
})

describe('status', () => {
  test('shows what is stuck and why, and ends with 1', async () => {
    await using fake = await FakeOperator.start()
    const { code, out } = await run(['status', '-c', fake.address])
    expect(code).toBe(1)
    for (const text of [id, 'committing', '3 min', '2 payments.authorize', 'connection refused']) {
      expect(out).toContain(text)
    }
    expect(out).toContain(`concordat show ${id} -c ${fake.address}`)
    expect(out).not.toContain(escapeCharacter)
    expect(fake.lists).toEqual([{ olderThanMs: 5_000, includeHazards: true, pageSize: 100, pageToken: '' }])
  })

  test('fits a narrow screen', async () => {
    await using fake = await FakeOperator.start()
    const { out } = await run(['status', '-c', fake.address], { columns: 80 })
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(out).toContain(id)
  })

  test('--json is for programs', async () => {
    await using fake = await FakeOperator.start()
    fake.listing = { ...fake.listing, conditions: ['draining'] }
    const { code, out } = await run(['status', '-c', fake.address, '--json', '--older-than-ms', '0', '--limit', '7'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({ total: 1, conditions: ['draining'], transactions: [stuck] })
    expect(fake.lists).toMatchObject([{ olderThanMs: 0, pageSize: 7 }])
  })

  test('ends with 0 when nothing is stuck, and with --all when it is only young', async () => {
    await using fake = await FakeOperator.start()
    expect(await run(['status', '-c', fake.address, '--all'])).toMatchObject({ code: 0 })
    fake.listing = { transactions: [], nextPageToken: '', total: 0, conditions: [] }
    const quiet = { code: 0, out: 'nothing waits for longer than 5000 ms', error: '' }
    expect(await run(['status', '-c', fake.address])).toEqual(quiet)
    fake.listing = { ...fake.listing, conditions: ['payments is not reachable'] }
    const condition = await run(['status', '-c', fake.address])
    expect(condition).toMatchObject({ code: 1, out: expect.stringContaining('! payments is not reachable') })
  })

  test('says how many more there are', async () => {
    await using fake = await FakeOperator.start()
    fake.listing = { ...fake.listing, nextPageToken: '1', total: 12 }
    expect((await run(['status', '-c', fake.address])).out).toContain('1 of 12')
  })

  test('nobody answers: the code, and what to do next', async () => {
    const { code, error } = await run(['status', '-c', '127.0.0.1:1'])
    expect(code).toBe(1)
    expect(error).toMatch(/^COORDINATOR_UNREACHABLE: nothing answers at 127\.0\.0\.1:1\n./)
  })
})

test('show tells all that is known of one transaction', async () => {
  await using fake = await FakeOperator.start()
  const { code, out } = await run(['show', id.toUpperCase(), '-c', fake.address])
  expect(code).toBe(0)
  for (const text of [id, 'two-phase', 'payments.authorize', '14', 'account/7', 'connection refused']) {
    expect(out).toContain(text)
  }
  expect(JSON.parse((await run(['show', id, '-c', fake.address, '--json'])).out)).toEqual(stuck)
  fake.listing = { ...fake.listing, transactions: [] }
  const missing = await run(['show', id, '-c', fake.address])
  expect(missing.code).toBe(1)
  expect(missing.error).toMatch(/^TRANSACTION_NOT_FOUND: /)
})

describe('resolve', () => {
  const argv = ['resolve', id, '--branch', '2', '--decision', 'abort', '--reason', 'log lost, M. Weber']

  test('warns, and does it with --yes', async () => {
    await using fake = await FakeOperator.start()
    const { code, out, error } = await run([...argv, '-c', fake.address, '--yes'])
    expect(code).toBe(0)
    expect(error).toContain('This ends branch 2 payments.authorize: committing')
    expect(error).toContain('If the decision is commit')
    expect(out).toContain('ended')
    expect(fake.resolved).toEqual([{ transactionId: id, branch: 2, decision: 'abort', reason: 'log lost, M. Weber' }])
  })

  test('says so when that is the decision already', async () => {
    await using fake = await FakeOperator.start()
    const { error } = await run(
      argv.map((word) => (word === 'abort' ? 'commit' : word)).concat('-c', fake.address, '--yes'),
    )
    expect(error).toContain('The decision is commit already')
    expect(error).not.toContain('If the decision is')
  })

  test('does it when the id is typed, and not otherwise', async () => {
    await using fake = await FakeOperator.start()
    expect(await run([...argv, '-c', fake.address], { typed: ` ${id}` })).toMatchObject({ code: 0 })
    const other = await run([...argv, '-c', fake.address], { typed: 'yes' })
    expect(other).toMatchObject({ code: 1, error: expect.stringContaining('nothing was changed') })
    expect(fake.resolved).toHaveLength(1)
  })

  test('does not do it where nobody can be asked', async () => {
    await using fake = await FakeOperator.start()
    const { code, error } = await run([...argv, '-c', fake.address])
    expect(code).toBe(2)
    expect(error).toContain('--yes')
    expect(fake.resolved).toEqual([])
  })

  test('names the branches when there is no such branch', async () => {
    await using fake = await FakeOperator.start()
    const wrong = ['resolve', id, '--branch', '3', '--decision', 'abort', '--reason', 'x', '--yes', '-c', fake.address]
    const { code, error } = await run(wrong)
    expect(code).toBe(1)
    expect(error).toContain('2 payments.authorize')
    expect(fake.resolved).toEqual([])
  })
})

test('forget takes a dealt-with hazard off the list', async () => {
  await using fake = await FakeOperator.start()
  const { code, out } = await run(['forget', id, '--reason', 'refunded', '--yes', '-c', fake.address])
  expect({ code, out }).toEqual({ code: 0, out: `forgotten: ${id}` })
  expect(fake.forgotten).toEqual([{ transactionId: id, reason: 'refunded' }])
})

test('drain says what is left', async () => {
  await using fake = await FakeOperator.start()
  expect(await run(['drain', '-c', fake.address])).toMatchObject({ code: 0, out: 'draining: 3 left to finish' })
  expect(JSON.parse((await run(['drain', '-c', fake.address, '--json'])).out)).toEqual({ inFlight: 3 })
})

test('health ends with 0 when the process serves, else with 1', async () => {
  await using fake = await FakeOperator.start()
  expect(await run(['health', fake.address])).toEqual({ code: 0, out: 'serving', error: '' })
  fake.health = 'NOT_SERVING'
  expect(await run(['health', fake.address])).toMatchObject({ code: 1, out: 'not serving: NOT_SERVING' })
  const nobody = { code: 1, out: 'not serving: nothing answers at 127.0.0.1:1' }
  expect(await run(['health', '127.0.0.1:1'])).toMatchObject(nobody)
})
