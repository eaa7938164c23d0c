// The faults of one process that faults.c reads from its folder: a full disk, a sync that fails, a wrong clock.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export class Switches {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    this.setClock(0)
  }

  environment(): Readonly<Record<string, string>> {
    return { FAULTS_FOLDER: this.#folder }
  }

  breakDisk(how: 'full' | 'sync-fails'): void {
    rmSync(join(this.#folder, 'hit'), { force: true })
    writeFileSync(join(this.#folder, how), '')
  }

  mendDisk(): void {
    for (const name of ['full', 'sync-fails']) rmSync(join(this.#folder, name), { force: true })
  }

  /** Whether a call has failed since the disk was broken. */
  get isHit(): boolean {
    return existsSync(join(this.#folder, 'hit'))
  }

  /** The file is mapped by the process, so it must stay the same file. */
  setClock(seconds: number): void {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(seconds))
    writeFileSync(join(this.#folder, 'clock'), bytes, { flag: existsSync(join(this.#folder, 'clock')) ? 'r+' : 'w' })
  }
}
