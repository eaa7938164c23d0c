// Loaded into every child of the play before its own program: when the runner is gone, however it went, so is the child.

// The runner keeps this channel open for as long as it lives; the kernel closes it for a killed one. The channel alone
// must not keep a child alive that has done its work.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.channel?.unref()

export {}
