// One process for each database file (design rule 9), by an exclusive lock on a sidecar file `<file>.lock`.
//
// Owns the lock and its error. Does not own the fence behind it: each local transaction also checks that the epoch or
// boot row is still its own, which holds even where file locks do not (some network file systems).
//
// L1 The lock is held from open to release or to the end of the process; the kernel frees it for a killed one.
// L2 The sidecar is a SQLite file of its own, because the locks of the database itself must stay free for readers.
// L3 The same file under another path (a symbolic link) has the same sidecar.

import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'

/** How long a new owner waits for the kernel to free the lock of a killed one. */
const releaseWaitMs = 3_000

export interface StoreLock {
  readonly path: string
  release(): void
}

/** Another process, or another store of this one, has the file open. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError'
  readonly code = 'STORE_IN_USE'
  readonly file: string

  constructor(file: string, options?: ErrorOptions) {
    super(`STORE_IN_USE: ${file} is open in another process; a database file serves one process at a time`, options)
    this.file = file
  }
}

/** Takes the lock of a database file or throws StoreInUseError. Blocks the thread for at most `waitMs`. */
export function lockStore(file: string, waitMs: number = releaseWaitMs): StoreLock {
  const path = `${canonicalPath(file)}.lock`
  const sidecar = new Database(path, { timeout: waitMs })
  try {
    sidecar.pragma('locking_mode = EXCLUSIVE')
    // Never committed: the open local transaction is the lock. Nothing is written, so there is nothing to roll back.
    sidecar.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    sidecar.close()
    // By code: errors of better-sqlite3 are not instances of Error in every test process.
    const code = String((error as { code?: unknown }).code)
    if (code.startsWith('SQLITE_BUSY')) throw new StoreInUseError(file, { cause: error })
    throw error
  }
  return { path, release: () => sidecar.close() }
}

function canonicalPath(file: string): string {
  const absolute = resolve(file)
  if (existsSync(absolute)) return realpathSync(absolute)
  return join(realpathSync(dirname(absolute)), basename(absolute))
}
