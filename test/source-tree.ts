// The source tree as the tidy tests read it: every file a person wrote, its lines, and what it imports.

import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface SourceFile {
  /** From the repository root, with forward slashes. */
  readonly path: string
  /** The first folder of the path, or '' for a file at the root. */
  readonly folder: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
}

export interface Import {
  readonly line: number
  readonly specifier: string
  /** False for `import type` and `export type`, which leave nothing in the compiled file. */
  readonly isRuntime: boolean
  /** The imported file, from the repository root; for a relative specifier and for `concordat/…`. */
  readonly path?: string
  /** The imported npm package or `node:` builtin; for every other specifier. */
  readonly package?: string
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const endings = ['.ts', '.mjs', '.cjs', '.proto', '.md']
const skippedFolders = new Set(['node_modules', 'dist', 'coverage', 'wire/generated'])

const fromClause = /^(?:import|export)\s+(type\s)?(?:[^'"`;()=]*?\s)?from\s*'([^']+)'/
const bareImport = /^import\s+()'([^']+)'/
const dynamicImport = /\b()import\(\s*'([^']+)'\s*\)/
const workerUrl = /\b()new URL\(\s*'(\.{1,2}\/[^']+\.ts)'\s*,\s*import\.meta\.url/
const importPattern = new RegExp(
  [fromClause, bareImport, dynamicImport, workerUrl].map((p) => p.source).join('|'),
  'gm',
)

/** Reads the tree once; `wire/generated`, dependencies, outputs and hidden folders are left out. */
export function readSourceTree(): SourceFile[] {
  return pathsIn('').map(readSourceFile)
}

function pathsIn(folder: string): string[] {
  const entries = readdirSync(root + folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) return skippedFolders.has(path) || entry.name.startsWith('.') ? [] : pathsIn(path)
    return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : []
  })
}

function readSourceFile(path: string): SourceFile {
  const text = readFileSync(root + path, 'utf8')
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
  return { path, folder, lines: text.split('\n'), imports: path.endsWith('.ts') ? importsOf(path, text) : [] }
}

/** Exported for its own test: the imports of a TypeScript text that stands at `path`. */
export function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(importPattern)].map((match) => {
    const groups = match.slice(1)
    const specifier = groups.filter((_, index) => index % 2 === 1).find((group) => group !== undefined) ?? ''
    const isRuntime = !groups.some((group, index) => index % 2 === 0 && group?.startsWith('type') === true)
    const line = text.slice(0, match.index).split('\n').length
    return { line, specifier, isRuntime, ...target(path, specifier) }
  })
}

function target(path: string, specifier: string): { path: string } | { package: string } {
  if (specifier.startsWith('.')) return { path: posix.join(posix.dirname(path), specifier) }
  if (specifier.startsWith('concordat/')) return { path: `${specifier.slice('concordat/'.length)}/index.ts` }
  if (specifier.startsWith('node:')) return { package: specifier }
  const parts = specifier.split('/')
  return { package: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') }
}
