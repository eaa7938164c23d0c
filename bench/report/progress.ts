// Shows how far a run is, on standard error: a bar for a person who looks at it, lines for a log.

import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  step(what: string): void
  end(): void
}

export function showProgress(terminal: NodeJS.WriteStream): Progress {
  const from = performance.now()
  const elapsed = (): string => `${Math.round((performance.now() - from) / 1_000)} s`
  if (!terminal.isTTY) {
    return { step: (what) => terminal.write(`${elapsed().padStart(6)}  ${what}\n`), end: () => undefined }
  }
  const format = '  {duration_formatted}  {what}'
  const bar = new SingleBar({ stream: terminal, format, clearOnComplete: true, fps: 10 }, Presets.shades_classic)
  bar.start(1, 0, { what: '' })
  return { step: (what) => bar.update({ what }), end: () => bar.stop() }
}
