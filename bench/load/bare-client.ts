// The clients of what is not Concordat: of the bare loop, and of three services called one by one.

import grpc from '@grpc/grpc-js'
import { uuidv7obj } from 'uuidv7'
import { channelOptions, kinds, type Message, openLine, unaryService } from '../bare/frames.ts'
import { work } from '../services/contract.ts'
import type { Ended } from './closed-loop.ts'

const text = JSON.stringify(work)
const keyOf = (id: Uint8Array): string => Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1')

/** One stream; `submit` runs a transaction, `echo` only goes there and back. */
export function bareClient(address: string, branches: number) {
  const waiting = new Map<string, () => void>()
  const line = openLine(address, (messages) => {
    for (const { id } of messages) {
      const key = keyOf(id)
      waiting.get(key)?.()
      waiting.delete(key)
    }
  })
  const ask = (kind: number): Promise<Ended> => {
    const id = uuidv7obj().bytes
    return new Promise((resolve) => {
      waiting.set(keyOf(id), () => resolve('committed'))
      line.send({ kind, id, branch: 0, payloads: Array.from({ length: branches }, () => text) })
    })
  }
  return { submit: () => ask(kinds.submit), echo: () => ask(kinds.echo) }
}

interface PlainStub {
  run(message: Message, done: (error: grpc.ServiceError | null, answer: Message) => void): void
}

/** All services at once; each commits on its own. */
export function plainClient(addresses: readonly string[]): () => Promise<Ended> {
  const Stub = grpc.makeGenericClientConstructor(unaryService, 'Plain')
  const stubs = addresses.map(
    (address) => new Stub(address, grpc.credentials.createInsecure(), channelOptions) as unknown as PlainStub,
  )
  const call = (stub: PlainStub, id: Uint8Array): Promise<Message> =>
    new Promise((resolve, reject) => {
      stub.run({ kind: 0, id, branch: 1, payloads: [text] }, (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      )
    })
  return async () => {
    const id = uuidv7obj().bytes
    await Promise.all(stubs.map((stub) => call(stub, id)))
    return 'committed'
  }
}
