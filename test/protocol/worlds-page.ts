// The numbers of worlds in docs/proof.md: what each exploration has visited. They are the same in every run, so a change of
// the protocol, or of the exploration, shows in the page. `UPDATE=1` writes them.

import { readFileSync, writeFileSync } from 'node:fs'

const page = new URL('../../../docs/proof.md', import.meta.url)

export class WorldsPage {
  readonly #part: string
  readonly #rows: string[] = []

  constructor(part: 'two-phase' | 'three-phase' | 'saga') {
    this.#part = part
  }

  visited(what: string, worlds: number): void {
    this.#rows.push(`| ${what} | ${worlds.toLocaleString('en-US')} |`)
  }

  /** The part of the page as it is, and as it should be. */
  compare(): { readonly written: string; readonly found: string } {
    const text = readFileSync(page, 'utf8')
    const begin = `<!-- begin: worlds of ${this.#part}, written by \`UPDATE=1 npm run jest -- protocol\` -->\n`
    const from = text.indexOf(begin) + begin.length
    const to = text.indexOf('<!-- end -->', from)
    if (from < begin.length || to === -1) throw new Error(`docs/proof.md has no '${begin.trim()}'`)
    const found = `${['| what is explored | worlds |', '| --- | ---: |', ...this.#rows].join('\n')}\n`
    if (process.env['UPDATE'] === '1') writeFileSync(page, text.slice(0, from) + found + text.slice(to))
    return { written: process.env['UPDATE'] === '1' ? found : text.slice(from, to), found }
  }
}
