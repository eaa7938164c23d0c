// What people read of a simulation: what was drawn, what came of it, and the story of one transaction.

import type { Happening } from './history.ts'
import type { Result } from './run.ts'

const columnWidth = 26

/** One column for each node that takes part, time going down. */
export function spaceTime(happenings: readonly Happening[], about: string): string {
  const shown = happenings.filter((one) => one.about === about || (one.about === '' && isOfAll(one)))
  const nodes = [...new Set(shown.map(({ node }) => node))].filter((node) => node !== 'net' && node !== 'check')
  nodes.sort(byOrder)
  const lines = [`${' '.repeat(10)}  ${nodes.map((node) => node.padEnd(columnWidth)).join('')}`]
  for (const { at, node, what } of shown) {
    const time = at.toFixed(2).padStart(10)
    const column = nodes.indexOf(node)
    if (column === -1) lines.push(`${time}  ${node === 'check' ? '!!' : '--'} ${what}`)
    else lines.push(`${time}  ${bars(column)}${what}`)
  }
  return lines.join('\n')
}

const bars = (columns: number): string => '|'.padEnd(columnWidth).repeat(columns)
/** What befalls a node befalls each of its transactions. */
const isOfAll = ({ what }: Happening): boolean => !what.startsWith('is refused')
const rank = (node: string): number => 'ckp'.indexOf(node.charAt(0))
const order = ['c', 'p', 'k']
const byOrder = (a: string, b: string): number =>
  order.indexOf(a.charAt(0)) - order.indexOf(b.charAt(0)) || rank(a) - rank(b) || (a < b ? -1 : 1)

/** Sizes, waits and faults of this seed. */
export function drawn({ settings, faults }: Result): string {
  const { participants, clients, jobs, accounts, safetyMs, meanMs, unary, mix, rates } = settings
  const on = Object.entries(rates).filter(([, rate]) => rate > 0)
  const kinds = on.map(([kind, rate]) => `${kind} ${rate.toFixed(3)} (${faults[kind] ?? 0})`)
  return [
    `seed ${settings.seed}, ${settings.protocol}, ${settings.size}`,
    `  ${participants} participants (${Math.round(unary * 100)} % unary), ${clients} clients with ${jobs} jobs each, ${accounts} accounts`,
    `  faults for ${Math.round(safetyMs)} ms; a message takes ${meanMs.toFixed(1)} ms`,
    `  mix: ${Object.entries(mix)
      .map(([name, share]) => `${name} ${(share as number).toFixed(2)}`)
      .join(', ')}`,
    `  faults, with rate (and how often): ${kinds.length === 0 ? 'none' : kinds.join(', ')}`,
  ].join('\n')
}

export function outcomes({ told, reasons, hash, events, virtualMs }: Result): string {
  const counts = Object.entries(told).filter(([, count]) => count > 0)
  const why = [...reasons].sort((a, b) => b[1] - a[1]).map(([code, count]) => `${code} ${count}`)
  return [
    `  outcomes: ${counts.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}${why.length === 0 ? '' : ` (${why.join(', ')})`}`,
    `  ${events} events in ${Math.round(virtualMs)} virtual ms, trace hash ${hash}`,
  ].join('\n')
}
