// What a process sees of its own pending writes, through every way that there is: node descriptors.js FOLDER. Kills
// itself.

import * as fs from 'node:fs'
import { join } from 'node:path'

const [folder = ''] = process.argv.slice(2)
const say = (what: string, seen: string): void => {
  fs.writeSync(1, `${what}: ${seen.replaceAll('\0', '\\0')}\n`)
}

function read(fd: number): string {
  const bytes = Buffer.alloc(100, '?')
  return bytes.toString('latin1', 0, fs.readSync(fd, bytes, 0, bytes.length, 0))
}

const from = join(folder, 'from.db')
const to = join(folder, 'to.db')
const writer = fs.openSync(from, 'w+')
const reader = fs.openSync(from, 'r')
fs.writeSync(writer, 'hello', 0)
say('second descriptor', read(reader))
fs.ftruncateSync(writer, 3)
say('truncated', read(reader))
fs.ftruncateSync(writer, 5)
say('extended', read(reader))
fs.renameSync(from, to)
fs.writeSync(writer, 'J', 0)
fs.closeSync(writer)
fs.closeSync(reader)
const renamed = fs.openSync(to, 'r+')
say('renamed', read(renamed))
fs.fsyncSync(renamed)
fs.writeSync(renamed, ' lost', 5)
say('appended', read(renamed))

const again = join(folder, 'again.db')
fs.closeSync(fs.openSync(again, 'w'))
const gone = fs.openSync(again, 'r+')
fs.writeSync(gone, 'gone', 0)
fs.closeSync(gone)
fs.unlinkSync(again)
say('created again', read(fs.openSync(again, 'w+')))
process.kill(process.pid, 'SIGKILL')
