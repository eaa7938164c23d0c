// Removes from dist/ what no longer has a source, so that tests never run or import a file that was deleted or renamed.
// A folder that lacks an output loses its build info as well, which makes `tsc -b` write the folder again.

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')
const outputEnding = /\.(js|js\.map|d\.ts|d\.ts\.map)$/

/** @param {string} folder @returns {string[]} */
function filesIn(folder) {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

for (const file of filesIn(dist)) {
  if (!outputEnding.test(file)) continue
  const source = join(root, relative(dist, file).replace(outputEnding, '.ts'))
  if (!existsSync(source)) rmSync(file)
}

for (const buildInfo of filesIn(dist).filter((file) => file.endsWith('.tsbuildinfo'))) {
  const folder = relative(dist, dirname(buildInfo))
  const sources = filesIn(join(root, folder)).filter((file) => file.endsWith('.ts'))
  const isComplete = sources.every((source) => existsSync(join(dist, relative(root, source).replace(/\.ts$/, '.js'))))
  if (!isComplete || sources.length === 0) rmSync(buildInfo)
}
