// The clients of what is not Concordat: of the bare loop, and of three services called one by one.

import grpc from '@grpc/grpc-js'
import { uuidv7obj } from 'uuidv7'
import { channelOptions, facts, kinds, type Message, noFacts, openLine, unaryService } from '../bare/frames.ts'
import { work } from '../services/contract.ts'
import type { Ended } from './closed-loop.ts'

const keyOf = (id: Uint8Array): string => Buffer.from(id.buffer, id.byteOffset, id.length).toString('latin1')

/** What any client does: writes its inputs and reads its results. */
const written = (): string => JSON.stringify(work)
const read = (results: readonly string[]): void => {
  for (const result of results) JSON.parse(result)
}

/** One stream; `submit` runs a transaction, the others only go to all participants and back. */
export function bareClient(address: string, branches: number) {
  const waiting = new Map<string, () => void>()
  const line = openLine(address, (messages) => {
    for (const { id, payloads } of messages) {
      const key = keyOf(id)
      read(payloads)
      waiting.get(key)?.()
      waiting.delete(key)
    }
  })
  const ask = (kind: number): Promise<Ended> => {
    const id = uuidv7obj().bytes
    return new Promise((resolve) => {
      waiting.set(keyOf(id), () => resolve('committed'))
      const payloads = kind === kinds.submit ? Array.from({ length: branches }, written) : []
      line.send({ kind, id, branch: 0, payloads, facts: kind === kinds.submit ? facts.submit : noFacts })
    })
  }
  return { submit: () => ask(kinds.submit), echo: () => ask(kinds.echo), forcedEcho: () => ask(kinds.forcedEcho) }
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
      stub.run({ kind: 0, id, branch: 1, payloads: [written()], facts: noFacts }, (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      )
    })
  return async () => {
    const id = uuidv7obj().bytes
    const answers = await Promise.all(stubs.map((stub) => call(stub, id)))
    for (const { payloads } of answers) read(payloads)
    return 'committed'
  }
}
