// Seeds that broke a rule are kept, once, and read back.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { keepSeed, readKeptSeeds } from '../../sim/kept-seeds.ts'

test('a seed that broke a rule is kept once, in one line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-seeds-'))
  try {
    const file = join(folder, 'seeds.txt')
    writeFileSync(file, '# why\nsaga large 79 known\n')
    const broken = { protocol: 'saga', size: 'small', seed: 79, found: 'S1: a branch\n  was forgotten' } as const
    keepSeed(file, broken)
    keepSeed(file, { ...broken, found: 'again' })
    expect(readKeptSeeds(file)).toEqual([
      { protocol: 'saga', size: 'large', seed: 79, found: 'known' },
      { ...broken, found: 'S1: a branch was forgotten' },
    ])
    expect(readFileSync(file, 'utf8')).toMatch(/^# why\n/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
