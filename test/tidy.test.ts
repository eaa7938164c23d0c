// Rules about the source tree that the compiler and the linter do not hold. Each names the file, the line and what to do.

import { describe, expect, test } from '@jest/globals'
import { importsOf, readSourceTree, type SourceFile } from './source-tree.ts'

interface ImportRule {
  /** Folders whose files may be imported by path; the own folder always may. */
  readonly folders: readonly string[]
  /** npm packages that may be imported; 'any' for all in package.json. */
  readonly packages: readonly string[] | 'any'
}

const grpc = ['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'grpc-health-check']
const everything = [
  'protocol',
  'log',
  'wire',
  'coordinator',
  'participant',
  'client',
  'cli',
  'demo',
  'sim',
  'bench',
  'chaos',
]

/** Who may import whom. ARCHITECTURE.md says why; a new folder needs a row here. */
const importRules: Readonly<Record<string, ImportRule>> = {
  protocol: { folders: [], packages: [] },
  log: { folders: ['protocol'], packages: ['better-sqlite3'] },
  wire: { folders: ['protocol'], packages: grpc },
  coordinator: { folders: ['protocol', 'log', 'wire'], packages: [...grpc, 'pino', 'uuidv7'] },
  participant: { folders: ['protocol', 'log', 'wire'], packages: [...grpc, 'pino', 'uuidv7', 'better-sqlite3'] },
  client: { folders: ['protocol', 'wire'], packages: ['uuidv7'] },
  cli: { folders: everything.filter((folder) => !['demo', 'chaos'].includes(folder)), packages: 'any' },
  sim: { folders: ['protocol', 'log', 'coordinator', 'participant'], packages: [] },
  demo: { folders: [], packages: 'any' },
  // bench/parts measures parts from inside; the rest of it comes through the public entry points.
  bench: { folders: ['protocol', 'log', 'wire', 'coordinator', 'participant'], packages: 'any' },
  chaos: { folders: ['protocol', 'log', 'wire', 'client', 'participant'], packages: ['commander', 'better-sqlite3'] },
  test: { folders: everything, packages: 'any' },
}

/** Packages that only these folders use, whatever else a folder may import. Tests may use all. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  commander: ['cli', 'demo', 'bench', 'chaos'],
  zod: ['cli', 'demo'],
  'cli-table3': ['cli', 'demo', 'bench'],
  'cli-progress': ['cli', 'demo', 'bench'],
}

/** Files that may load SQLite besides the one store file of log/ and of participant/. */
const extraSqliteFiles = ['log/store-lock.ts']

/** Words that docs/glossary.md refuses, with the word to write instead. They are found inside longer names, too. */
const refusedWords: Readonly<Record<string, string>> = {
  cohort: 'participant',
  slave: 'participant',
  orchestrator: 'coordinator',
  gtx: 'transaction',
  trx: 'transaction',
  xact: 'transaction',
  gtid: 'transactionId',
  txid: 'transactionId',
  txId: 'transactionId',
  subtransaction: 'branch',
  canCommit: 'prepare',
  zombie: 'orphan',
  dangling: 'in doubt',
  mastership: 'lease',
  failpoint: 'crash point',
  quiesce: 'drain',
}

const maxLines = 400
const thisFile = 'test/tidy.test.ts'
const files = readSourceTree()
const sources = files.filter((file) => file.path.endsWith('.ts'))
const folderOf = (path: string): string => path.slice(0, path.indexOf('/'))

/** Every line of the files that the pattern matches, as `file:line: advice`. */
function findLines(among: readonly SourceFile[], pattern: RegExp, advice: string): string[] {
  return among.flatMap((file) =>
    file.lines.flatMap((line, index) => (pattern.test(line) ? [`${file.path}:${index + 1}: ${advice}`] : [])),
  )
}

describe('imports', () => {
  test('every folder with sources has a row in the import rules', () => {
    const folders = [...new Set(sources.map((file) => file.folder))]
    const unknown = folders.filter((folder) => importRules[folder] === undefined)
    expect(unknown.map((folder) => `${folder}/: add it to importRules in ${thisFile}`)).toEqual([])
  })

  test('a folder imports only the folders it may', () => {
    const problems = sources.flatMap((file) =>
      file.imports.flatMap((imported) => {
        if (imported.path === undefined || imported.specifier.startsWith('concordat/')) return []
        const to = folderOf(imported.path)
        const isBench = file.folder === 'bench' && !file.path.startsWith('bench/parts/')
        const mayImport = !isBench && importRules[file.folder]?.folders.includes(to) === true
        if (to === file.folder || mayImport) return []
        const instead = ['demo', 'bench'].includes(file.folder) ? `import from 'concordat/…'` : 'move what is shared'
        return [`${file.path}:${imported.line}: ${file.folder}/ may not import ${to}/: ${instead}`]
      }),
    )
    expect(problems).toEqual([])
  })

  test('only demo, bench and test come through the public entry points', () => {
    const inside = sources.filter((file) => !['demo', 'bench', 'test'].includes(file.folder))
    const problems = inside.flatMap((file) =>
      file.imports
        .filter((imported) => /^concordat(\/|$)/.test(imported.specifier))
        .map((imported) => `${file.path}:${imported.line}: import '${imported.specifier}' by its relative path`),
    )
    expect(problems).toEqual([])
  })

  test('a folder imports only the packages it may', () => {
    const problems = sources.flatMap((file) =>
      file.imports.flatMap((imported) => {
        const name = imported.package
        if (name === undefined) return []
        const allowed = importRules[file.folder]?.packages ?? []
        const isAllowed = name.startsWith('node:')
          ? file.folder !== 'protocol'
          : allowed === 'any' || allowed.includes(name)
        const homes = file.folder === 'test' ? undefined : packageHomes[name]
        if (isAllowed && homes?.includes(file.folder) !== false) return []
        return [`${file.path}:${imported.line}: ${file.folder}/ may not import ${name}: see importRules in ${thisFile}`]
      }),
    )
    expect(problems).toEqual([])
  })

  test('SQLite is loaded by at most one file of log/ and one of participant/', () => {
    const loading = sources.filter((file) =>
      file.imports.some((imported) => imported.package === 'better-sqlite3' && imported.isRuntime),
    )
    for (const folder of ['log', 'participant']) {
      const paths = loading.map((file) => file.path)
      const inFolder = paths.filter((path) => folderOf(path) === folder && !extraSqliteFiles.includes(path))
      const problem = inFolder.length > 1 ? `${folder}/: keep SQLite in one of ${inFolder.join(', ')}` : 'none'
      expect(problem).toBe('none')
    }
  })

  test('the client loads neither SQLite nor log/', () => {
    const byPath = new Map(sources.map((file) => [file.path, file]))
    const reached = new Set<string>()
    const problems: string[] = []
    const visit = (path: string): void => {
      if (reached.has(path)) return
      reached.add(path)
      for (const imported of byPath.get(path)?.imports ?? []) {
        if (!imported.isRuntime) continue
        const isForbidden = imported.package === 'better-sqlite3' || imported.path?.startsWith('log/') === true
        if (isForbidden) problems.push(`${path}:${imported.line}: reached from client/, so it may not load this`)
        if (imported.path !== undefined) visit(imported.path)
      }
    }
    for (const file of sources) if (file.folder === 'client') visit(file.path)
    expect(problems).toEqual([])
  })

  test('the import finder sees every form', () => {
    const text = [
      `import pino from 'pino'`,
      `import {\n  a,\n  type B,\n} from '../log/index.ts'`,
      `export * from './ids.ts'`,
      `export type { C } from '@grpc/grpc-js/build/x.js'`,
      `import 'node:fs'`,
      `const later = await import('concordat/client')`,
      `new Worker(new URL('./x-worker.ts', import.meta.url))`,
      `export const from = 'nowhere'`,
    ].join('\n')
    expect(importsOf('wire/x.ts', text)).toEqual([
      { line: 1, specifier: 'pino', isRuntime: true, package: 'pino' },
      { line: 2, specifier: '../log/index.ts', isRuntime: true, path: 'log/index.ts' },
      { line: 6, specifier: './ids.ts', isRuntime: true, path: 'wire/ids.ts' },
      { line: 7, specifier: '@grpc/grpc-js/build/x.js', isRuntime: false, package: '@grpc/grpc-js' },
      { line: 8, specifier: 'node:fs', isRuntime: true, package: 'node:fs' },
      { line: 9, specifier: 'concordat/client', isRuntime: true, path: 'client/index.ts' },
      { line: 10, specifier: './x-worker.ts', isRuntime: true, path: 'wire/x-worker.ts' },
    ])
  })
})

describe('files', () => {
  test(`no source file is longer than ${maxLines} lines`, () => {
    const long = sources.filter((file) => file.lines.length > maxLines + 1)
    expect(long.map((file) => `${file.path}:${maxLines}: split it, it has ${file.lines.length - 1} lines`)).toEqual([])
  })

  test('nothing is named after having no subject', () => {
    const unnamed = /(^|\/)(utils?|helpers?|common|misc)(\/|\.|$)/
    const found = files.filter((file) => unnamed.test(file.path))
    expect(found.map((file) => `${file.path}:1: name it after what it is about`)).toEqual([])
  })

  test('every file is imported by another one, or is an entry', () => {
    const entry = /^test\/|^demo\/[^/]+\.ts$|^bench\/[^/]+\.ts$|(^|\/)(index|main)\.ts$|-(worker|preload)\.ts$/
    const imported = new Set(sources.flatMap((file) => file.imports.map((one) => one.path)))
    const dead = sources.filter((file) => !entry.test(file.path) && !imported.has(file.path))
    expect(dead.map((file) => `${file.path}:1: nothing imports it: delete it or use it`)).toEqual([])
  })

  test('nothing is exported as default', () => {
    const pattern = /^export default\b|^export \{.*\bas default\b/
    expect(findLines(sources, pattern, 'export it by name')).toEqual([])
  })

  test('protocol/ is free of chance', () => {
    const protocol = sources.filter((file) => file.folder === 'protocol')
    expect(findLines(protocol, /\bMath\.random\b/, 'let randomness come in an event')).toEqual([])
  })
})

describe('tests', () => {
  test('no test is left out or runs alone', () => {
    const tests = sources.filter((file) => file.folder === 'test' && file.path !== thisFile)
    const pattern = /\b(test|it|describe)(\.\w+)*\.(only|skip|todo)\b|\b[fx](it|test|describe)\(/
    expect(findLines(tests, pattern, 'let it run with the others, or delete it')).toEqual([])
  })
})

describe('words', () => {
  const written = files.filter((file) => file.path !== thisFile && file.path !== 'docs/glossary.md')

  /** Matches the word alone, as a part of a camelCase or snake_case name, and in capitals; plural too. */
  function wordPattern(word: string): RegExp {
    const capital = word.charAt(0).toUpperCase() + word.slice(1)
    const part = `(?<![A-Za-z])${word}s?(?![a-z])|${capital}s?(?![a-z])`
    return new RegExp(`${part}|(?<![A-Z])${word.toUpperCase()}S?(?![A-Za-z])`)
  }

  test('one word for each thing', () => {
    const problems = Object.entries(refusedWords).flatMap(([word, instead]) =>
      findLines(written, wordPattern(word), `write '${instead}' instead of '${word}' (docs/glossary.md)`),
    )
    expect(problems).toEqual([])
  })

  test('the word finder sees parts of names and no other words', () => {
    const pattern = wordPattern('gtx')
    for (const text of ['gtx', 'the gtxs', 'gtxList', 'openGtx', 'GTX_MAX', 'x_gtx']) expect(text).toMatch(pattern)
    for (const text of ['gtxn', 'agtx', 'AGTXB']) expect(text).not.toMatch(pattern)
  })

  test('nothing is left for later', () => {
    const pattern = /\b(TODO|FIXME|XXX)\b/
    expect(findLines(written, pattern, 'do it now, or describe the limit in plain words')).toEqual([])
  })

  test('a page has exactly one title', () => {
    const problems = files.flatMap((file) => {
      if (!file.path.endsWith('.md')) return []
      let isCode = false
      const titles = file.lines.filter((line) => {
        if (/^\s*(```|~~~)/.test(line)) isCode = !isCode
        return !isCode && line.startsWith('# ')
      })
      return titles.length === 1 ? [] : [`${file.path}:1: has ${titles.length} lines that start with '# ', wants one`]
    })
    expect(problems).toEqual([])
  })
})
