// Loaded into every process of a benchmark before its own program: tells what the process has used, and ends it when the
// runner is gone, however it went.

import type { Answer, Ask, Usage } from './processes/child.ts'

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system, residentBytes: process.memoryUsage.rss(), pid: process.pid }
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('message', ({ number, ask }: Ask) => {
  if (ask === 'usage') process.send?.({ number, answer: usage() } satisfies Answer)
})
// The channel alone must not keep a process alive that has done its work.
process.channel?.unref()
