// Collects what is written in one turn of the event loop into frames of bounded size.

import { messageBytesMax } from './channel.ts'
import { sessionDefaults } from './session.ts'
import { transactionError } from './transaction-error.ts'

/** Leaves room for the frame around it. */
const entryBytesMax = messageBytesMax - 1024 * 1024

interface WithPayloads {
  readonly input?: Uint8Array | string
  readonly result?: Uint8Array | string
  readonly branch?: object | number | null
  readonly branches?: readonly (object | number)[]
  readonly results?: readonly object[]
}

/** Roughly, in bytes: the payloads, which are all that makes a request or an answer large. */
function sizeOf(content: WithPayloads): number {
  let bytes = 256 + (content.input?.length ?? 0) + (content.result?.length ?? 0)
  if (typeof content.branch === 'object' && content.branch !== null) bytes += sizeOf(content.branch)
  for (const branch of content.branches ?? []) bytes += typeof branch === 'object' ? sizeOf(branch) : 4
  for (const result of content.results ?? []) bytes += sizeOf(result)
  return bytes
}

export class FrameBatch<Entry> {
  readonly #write: (entries: Entry[]) => void
  #entries: Entry[] = []
  #bytes = 0
  #isScheduled = false

  constructor(write: (entries: Entry[]) => void) {
    this.#write = write
  }

  /** Throws PAYLOAD_TOO_LARGE for what would break the stream at the other side. */
  add(entry: Entry, content: object): void {
    const size = sizeOf(content)
    if (size > entryBytesMax) {
      throw transactionError('PAYLOAD_TOO_LARGE', `${size} bytes in all, the limit of a message is ${entryBytesMax}`)
    }
    const { frameMessagesMax, frameBytesMax } = sessionDefaults
    if (this.#bytes + size > frameBytesMax) this.flush()
    this.#entries.push(entry)
    this.#bytes += size
    if (this.#entries.length >= frameMessagesMax || this.#bytes >= frameBytesMax) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      setImmediate(() => {
        this.#isScheduled = false
        this.flush()
      })
    }
  }

  flush(): void {
    if (this.#entries.length === 0) return
    const entries = this.#entries
    this.#entries = []
    this.#bytes = 0
    this.#write(entries)
  }
}
