// Tells people what happens: sentences on standard output, a progress bar on standard error if a person looks at it.

import { Presets, SingleBar } from 'cli-progress'

export interface Narrator {
  act(title: string): void
  say(sentence: string): void
  /** So many orders are about to be placed. */
  expect(orders: number): void
  /** One of them has been answered. */
  progress(): void
  /** All of them have. */
  reached(): void
}

const doNothing = () => undefined

/** For `--json`: one document, and nothing else. */
export const silentNarrator: Narrator = {
  act: doNothing,
  say: doNothing,
  expect: doNothing,
  progress: doNothing,
  reached: doNothing,
}

export function plainNarrator(output: NodeJS.WriteStream, terminal: NodeJS.WriteStream): Narrator {
  const options = { stream: terminal, format: '  {bar} {value}/{total} orders', clearOnComplete: true, fps: 10 }
  const bar = terminal.isTTY ? new SingleBar(options, Presets.shades_classic) : undefined
  const print = (text: string) => {
    // The bar stands in the line that the sentence is about to take; it draws itself again below.
    if (bar?.isActive) terminal.write('\r\u001b[K')
    output.write(`${text}\n`)
  }
  return {
    act: (title) => print(`\n${title}`),
    say: (sentence) => print(`  ${sentence}`),
    expect: (orders) => bar?.start(orders, 0),
    progress: () => bar?.increment(),
    reached: () => bar?.stop(),
  }
}
