// The seeds that once found something, out of seeds.txt.

import { readFileSync } from 'node:fs'
import type { Protocol } from '../protocol/index.ts'
import type { Size } from './swarm.ts'

export interface KeptSeed {
  readonly protocol: Protocol
  readonly size: Size
  readonly seed: number
  readonly found: string
}

const keptLine = /^(two-phase|three-phase|saga) +(small|large) +(\d+) *(.*)$/

export function readKeptSeeds(file: string | URL): KeptSeed[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const [, protocol, size, seed, found = ''] = keptLine.exec(line) ?? []
    if (protocol === undefined) return []
    return [{ protocol: protocol as Protocol, size: size as Size, seed: Number(seed), found }]
  })
}
