// Whether a process stands still, as by SIGSTOP: the kernel knows, the process cannot say it.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const hasProc = existsSync('/proc/self/stat')

export function isStopped(pid: number): boolean {
  try {
    if (!hasProc) return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T')
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).startsWith('T')
  } catch {
    // It has ended.
    return false
  }
}
