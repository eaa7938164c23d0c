// Builds the libraries in C that are loaded into processes under test. Where one cannot be built the reason is a value: whoever
// wanted it says so and does without.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Built =
  | { readonly isBuilt: true; readonly library: string }
  | { readonly isBuilt: false; readonly reason: string }

/** Builds it, unless what is there is newer than its source. */
export function buildLibrary(name: 'powerloss' | 'faults'): Built {
  const source = fileURLToPath(new URL(`../../chaos/${name}.c`, import.meta.url))
  const library = fileURLToPath(new URL(`./${name}.so`, import.meta.url))
  if (process.platform !== 'linux')
    return { isBuilt: false, reason: `LD_PRELOAD is for Linux, this is ${process.platform}` }
  if (existsSync(library) && statSync(library).mtimeMs > statSync(source).mtimeMs) return { isBuilt: true, library }
  mkdirSync(dirname(library), { recursive: true })
  // Under a name of its own first: several test processes may build at once.
  const fresh = join(dirname(library), `${name}-${process.pid}.so`)
  const args = ['-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-o', fresh, source, '-ldl', '-lpthread']
  const { status, stderr, error } = spawnSync('gcc', args, { encoding: 'utf8' })
  if (error !== undefined) return { isBuilt: false, reason: 'no gcc here (Debian: apt-get install gcc libc6-dev)' }
  if (status !== 0) return { isBuilt: false, reason: `gcc does not build chaos/${name}.c:\n${stderr}` }
  renameSync(fresh, library)
  return { isBuilt: true, library }
}
