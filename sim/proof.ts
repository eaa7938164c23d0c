// The parts of docs/proof.md that runs write: each between its own two marks, under the command that writes it.

import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../docs/proof.md', import.meta.url)

export type Part = 'seeds' | 'mutants' | 'matrix'

export function writePart(part: Part, lines: readonly string[]): void {
  const text = readFileSync(page, 'utf8')
  const begin = `<!-- begin: written by \`npm run sim -- --${part} --write\` -->`
  const [before, rest] = text.split(begin)
  const end = rest?.indexOf('<!-- end -->') ?? -1
  if (before === undefined || rest === undefined || end === -1) throw new Error(`docs/proof.md has no '${begin}'`)
  writeFileSync(page, `${before}${begin}\n${lines.join('\n')}\n${rest.slice(end)}`)
}

export const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`

export const thousands = (value: number): string => value.toLocaleString('en-US')
