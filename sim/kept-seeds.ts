// The seeds that once found something, out of seeds.txt.

import { readFileSync } from 'node:fs'
import type { Protocol } from '../protocol/index.ts'

export interface KeptSeed {
  readonly protocol: Protocol
  readonly seed: number
  readonly found: string
}

export function readKeptSeeds(file: string | URL): KeptSeed[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [, protocol, seed, found = ''] = /^(two-phase|three-phase|saga) +(\d+) *(.*)$/.exec(line) ?? []
    return protocol === undefined ? [] : [{ protocol: protocol as Protocol, seed: Number(seed), found }]
  })
}
