// What the bare loop says: frames of flat messages over bidirectional grpc-js streams, encoded by protobufjs as sessions
// are, one frame for each turn of the event loop. No header, no acknowledgement, nothing is ever sent again. What the real
// messages have besides, such as members and trace context, travels as bytes of the same length.

import grpc from '@grpc/grpc-js'
import protobuf from 'protobufjs'

export const kinds = { submit: 1, prepare: 2, vote: 3, commit: 4, ack: 5, done: 6, echo: 7, forcedEcho: 8 } as const

export interface Message {
  readonly kind: number
  /** 16 bytes. */
  readonly id: Uint8Array
  readonly branch: number
  readonly payloads: readonly string[]
  readonly facts: Uint8Array
}

/** As long as what a real message of the kind has besides an id, a branch number and payloads: with three members. */
const factBytes = { submit: 130, prepare: 250, vote: 4, commit: 24, ack: 6, done: 24 } as const
export const facts = Object.fromEntries(
  Object.entries(factBytes).map(([kind, bytes]) => [kind, new Uint8Array(bytes).fill(1)]),
) as Readonly<Record<keyof typeof factBytes, Uint8Array>>
export const noFacts = new Uint8Array(0)

interface Frame {
  readonly messages: readonly Message[]
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Message { uint32 kind = 1; bytes id = 2; uint32 branch = 3; repeated string payloads = 4; bytes facts = 5; }
  message Frame { repeated Message messages = 1; }
`)
const frameType = root.lookupType('Frame')
const messageType = root.lookupType('Message')

const codecOf = (type: protobuf.Type) => ({
  encode: (value: object): Buffer => type.encode(value).finish() as Buffer,
  decode: (bytes: Buffer): object => type.decode(bytes) as object,
})

const methodOf = (path: string, isStream: boolean, type: protobuf.Type): grpc.MethodDefinition<object, object> => {
  const { encode, decode } = codecOf(type)
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  }
}

export const streamService = { stream: methodOf('/bench.Bare/Stream', true, frameType) }
export const unaryService = { run: methodOf('/bench.Plain/Run', false, messageType) }

/** The same as of Concordat's own channels, where it matters for speed. */
export const channelOptions = {
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  'grpc.max_receive_message_length': 64 * 1024 * 1024,
  'grpc.max_send_message_length': 64 * 1024 * 1024,
} as const

/** One end of a stream: messages come in one after another, and leave together at the end of the turn. */
export class Line {
  readonly #stream: { write(frame: object): unknown }
  #waiting: Message[] = []

  constructor(
    stream: grpc.ClientDuplexStream<object, object> | grpc.ServerDuplexStream<object, object>,
    onMessages: (messages: readonly Message[], line: Line) => void,
  ) {
    this.#stream = stream as { write(frame: object): unknown }
    stream.on('data', (frame: object) => onMessages((frame as Frame).messages, this))
    stream.on('error', () => {})
  }

  send(message: Message): void {
    if (this.#waiting.push(message) === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const messages = this.#waiting
    this.#waiting = []
    this.#stream.write({ messages })
  }
}

export function openLine(address: string, onMessages: (messages: readonly Message[]) => void): Line {
  const client = new (grpc.makeGenericClientConstructor(streamService, 'Bare'))(
    address,
    grpc.credentials.createInsecure(),
    channelOptions,
  ) as unknown as { stream(): grpc.ClientDuplexStream<object, object> }
  return new Line(client.stream(), onMessages)
}

/** Serves on a free port of this machine; resolves with its address. */
export function serve(service: grpc.ServiceDefinition, handlers: grpc.UntypedServiceImplementation): Promise<string> {
  const server = new grpc.Server(channelOptions)
  server.addService(service, handlers)
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(`127.0.0.1:${port}`)
      else reject(error)
    })
  })
}

export const serveLines = (onMessages: (messages: readonly Message[], line: Line) => void): Promise<string> =>
  serve(streamService, {
    stream: (stream: grpc.ServerDuplexStream<object, object>) => {
      new Line(stream, onMessages)
    },
  })
