// docs/protocols.md and README.md say what the protocols cost; here the protocols say it themselves. After a change run
// `UPDATE=1 npm run jest -- docs`.

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Costs, costsOf, type Scenario } from '../../demo/costs.ts'
import type { Protocol } from '../../protocol/index.ts'
import { costTables, exampleIn, shortTable, withPart } from './protocol-page.ts'

const root = new URL('../../../', import.meta.url)
const examples = readFileSync(new URL('test/docs/saga-examples.ts', root), 'utf8')

const pages: readonly (readonly [file: string, make: (page: string) => string])[] = [
  [
    'docs/protocols.md',
    (page) => {
      const withCosts = withPart(page, 'costs', costTables())
      return ['submitted', 'called'].reduce(
        (text, name) => withPart(text, `example: ${name}`, exampleIn(examples, name)),
        withCosts,
      )
    },
  ],
  ['README.md', (page) => withPart(page, 'costs', shortTable())],
]

test.each(pages)('%s is what the protocols say', (file, make) => {
  const path = new URL(file, root)
  const page = readFileSync(path, 'utf8')
  if (process.env['UPDATE'] !== undefined) writeFileSync(path, make(page))
  expect(readFileSync(path, 'utf8')).toBe(make(page))
})

test('a page without the marks is not taken for a current one', () => {
  expect(() => withPart('# Costs\n', 'costs', 'much')).toThrow('<!-- costs -->')
  expect(withPart('<!-- costs -->\n\nlittle\n\n<!-- /costs -->\n', 'costs', 'much')).toContain('much')
})

describe('for any number of branches', () => {
  const counts = [2, 3, 4, 5, 8]
  const submitted = (protocol: Protocol, branches: number): Costs => costsOf({ protocol, branches, style: 'submit' })
  const sums: readonly (readonly [Protocol, messages: (n: number) => number, forced: (n: number) => number])[] = [
    ['two-phase', (n) => 4 * n, (n) => n + 1],
    ['three-phase', (n) => 6 * n, (n) => 2 * n + 2],
    ['saga', (n) => 4 * n, (n) => n + 2],
  ]

  test.each(sums)('%s takes as many messages and forced writes as the page says', (protocol, messages, forced) => {
    const counted = counts.map((n) => {
      const costs = submitted(protocol, n)
      return [costs.messages, costs.forced.coordinator + costs.forced.participants]
    })
    expect(counted).toEqual(counts.map((n) => [messages(n), forced(n)]))
  })

  test('sealing is one more round and a forced write for each branch', () => {
    for (const branches of counts) {
      const called = (protocol: Protocol) => costsOf({ protocol, branches, style: 'calls' })
      const inCalls = called('three-phase')
      const votes = called('two-phase').rounds.decided
      expect(inCalls.rounds.decided).toBe(votes + submitted('three-phase', branches).rounds.decided)
      expect(inCalls.forced.participants).toBe(submitted('three-phase', branches).forced.participants + branches)
    }
  })

  test('a submitted branch that is alone takes one phase, but for a saga', () => {
    const alone = { branches: 1, style: 'submit' } as const
    expect(costsOf({ ...alone, protocol: 'three-phase' })).toEqual(costsOf({ ...alone, protocol: 'two-phase' }))
    expect(costsOf({ ...alone, protocol: 'two-phase' }).messages).toBe(2)
    expect(costsOf({ ...alone, protocol: 'saga' }).messages).toBe(4)
  })

  test('what is refused is aborted, and what is not is committed', () => {
    const protocols = ['two-phase', 'three-phase', 'saga'] as const
    const styles = ['submit', 'calls'] as const
    const scenarios = protocols.flatMap((protocol) =>
      styles.map((style): Scenario => ({ protocol, style, branches: 3 })),
    )
    for (const scenario of scenarios) {
      expect(costsOf(scenario).outcome).toBe('committed')
      expect(costsOf({ ...scenario, isRefused: true }).outcome).toBe('aborted')
    }
  })
})
