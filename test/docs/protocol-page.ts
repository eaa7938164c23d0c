// The parts of docs/protocols.md and README.md that are made: what the protocols cost, and the examples.

import { type Costs, costsOf, type Scenario } from '../../demo/costs.ts'

/** The text with the lines between `<!-- name -->` and `<!-- /name -->` replaced. */
export function withPart(page: string, open: string, part: string): string {
  const close = `/${open.split(':')[0]}`
  const [before, rest] = splitOnce(page, `<!-- ${open} -->\n`)
  const [, after] = splitOnce(rest, `<!-- ${close} -->`)
  return `${before}<!-- ${open} -->\n\n${part.trimEnd()}\n\n<!-- ${close} -->${after}`
}

function splitOnce(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  if (at < 0) throw new Error(`the page has no line '${mark.trim()}'`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

const three = { branches: 3 } as const
const rows: readonly (readonly [what: string, scenario: Scenario])[] = [
  ['`two-phase`, submitted', { ...three, protocol: 'two-phase', style: 'submit' }],
  ['`three-phase`, submitted', { ...three, protocol: 'three-phase', style: 'submit' }],
  ['`saga`, submitted, in order', { ...three, protocol: 'saga', style: 'submit' }],
  ['`saga`, submitted, each `after: []`', { ...three, protocol: 'saga', style: 'submit', order: 'at-once' }],
  ['`two-phase`, three calls and commit', { ...three, protocol: 'two-phase', style: 'calls' }],
  ['`three-phase`, three calls and commit', { ...three, protocol: 'three-phase', style: 'calls' }],
  ['`saga`, three calls and commit', { ...three, protocol: 'saga', style: 'calls' }],
  ['`two-phase` or `three-phase`, one branch submitted', { branches: 1, protocol: 'two-phase', style: 'submit' }],
]

const head = [
  '',
  'rounds',
  'messages',
  'forced: coordinator + participants',
  'of them in a row, until decided',
  'deferred',
]

/** What is committed, and what the last branch refuses. */
export function costTables(): string {
  const refused = rows.slice(0, -1).map(([what, scenario]) => [what, { ...scenario, isRefused: true }] as const)
  return [
    'Committed:',
    table(head, rows.map(cells)),
    'Refused by the last branch:',
    table(head, refused.map(cells)),
  ].join('\n\n')
}

function cells([what, scenario]: readonly [string, Scenario]): string[] {
  const { rounds, messages, forced, forcedInARow, deferred } = costsOf(scenario)
  return [
    what,
    `${rounds.decided} / ${rounds.applied}`,
    `${messages}`,
    `${forced.coordinator} + ${forced.participants}`,
    `${forcedInARow}`,
    `${deferred}`,
  ]
}

/** The comparison that README.md has. */
export function shortTable(): string {
  const submitted = rows.slice(0, 3).map(([, scenario]) => [scenario.protocol, costsOf(scenario)] as const)
  const row = (what: string, cell: (costs: Costs) => string): string[] => [
    what,
    ...submitted.map(([, costs]) => cell(costs)),
  ]
  return table(
    ['', ...submitted.map(([protocol]) => `\`${protocol}\``)],
    [
      row('rounds until it is decided', ({ rounds }) => `${rounds.decided}`),
      row('messages', ({ messages }) => `${messages}`),
      row('forced writes; in a row', ({ forced, forcedInARow }) => {
        return `${forced.coordinator + forced.participants}; ${forcedInARow}`
      }),
      ['the coordinator stays dead', 'waits', 'a majority ends it', 'waits'],
      ['seen as done, and taken back later', 'never', 'never', 'possible'],
    ],
  )
}

function table(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (all: readonly string[]): string => `| ${all.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...lines.map(line)].join('\n')
}

/** The lines between `// example: name` and `// /example`, without their indentation. */
export function exampleIn(source: string, name: string): string {
  const [, rest] = splitOnce(source, `// example: ${name}\n`)
  const [body] = splitOnce(rest, '// /example')
  const lines = body.split('\n').slice(0, -1)
  return ['```ts', ...lines.map((text) => text.replace(/^ {2}/, '')), '```'].join('\n')
}
