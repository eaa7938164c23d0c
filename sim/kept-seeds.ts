// The seeds that once found something: seeds.txt.

import { appendFileSync, readFileSync } from 'node:fs'
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

/** From now on it is replayed by the tests, unless it is there already. */
export function keepSeed(file: string | URL, { protocol, size, seed, found }: KeptSeed): void {
  const isThere = (kept: KeptSeed): boolean => kept.protocol === protocol && kept.size === size && kept.seed === seed
  if (readKeptSeeds(file).some(isThere)) return
  appendFileSync(file, `${protocol} ${size} ${seed} ${found.replaceAll(/\s+/g, ' ').trim()}\n`)
}
