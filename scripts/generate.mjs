// Writes wire/generated: the TypeScript types of every message and service in proto/.
// With --check it writes nothing and fails when the committed files differ from what proto/ gives.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const committed = join(root, 'wire', 'generated')
const generator = join(root, 'node_modules', '@grpc', 'proto-loader', 'build', 'bin', 'proto-loader-gen-types.js')
const options = ['--longs=Number', '--defaults', '--oneofs', '--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts']
const header = '// Generated from proto/ by `npm run generate`: do not edit.\n'

/** @param {string} folder @param {string} ending @returns {string[]} */
function filesIn(folder, ending) {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    return names.filter((name) => name.endsWith(ending)).sort()
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

/** @param {string} folder */
function generateInto(folder) {
  // A file without a service is reached through those that import it; on its own it would give a file of unused names.
  const hasService = (name) => /^service /m.test(readFileSync(join(root, 'proto', name), 'utf8'))
  const protos = filesIn(join(root, 'proto'), '.proto').filter(hasService)
  if (protos.length === 0) return
  const args = [generator, ...options, '-O', folder, '-I', 'proto', '--', ...protos]
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('proto-loader-gen-types failed: see above')
  for (const name of filesIn(folder, '.ts')) {
    const file = join(folder, name)
    writeFileSync(file, header + readFileSync(file, 'utf8'))
  }
}

/** @param {string} folder @returns {Map<string, string>} */
function contentsOf(folder) {
  return new Map(filesIn(folder, '.ts').map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

function check() {
  const scratch = mkdtempSync(join(tmpdir(), 'concordat-generate-'))
  try {
    generateInto(scratch)
    const expected = contentsOf(scratch)
    const actual = contentsOf(committed)
    const names = [...new Set([...expected.keys(), ...actual.keys()])].sort()
    const differing = names.filter((name) => expected.get(name) !== actual.get(name))
    if (differing.length === 0) return
    for (const name of differing) console.error(`wire/generated/${name} does not match proto/`)
    console.error('Run `npm run generate` and commit the result.')
    process.exitCode = 1
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (process.argv.includes('--check')) {
  check()
} else {
  rmSync(committed, { recursive: true, force: true })
  generateInto(committed)
}
