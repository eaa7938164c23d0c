// The contract of proto/concordat/v1, loaded once: the service definitions that servers and stubs are made of. Their
// (de)serializers call protobufjs directly, so one shape of object serves unary methods and sessions, at a third of
// the cost of proto-loader's conversion. In that shape enums are numbers, and a uint64 may be a Long: only the codec
// reads it. protobufjs itself is not changed, because other code of the same process may use it.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { DirectWriter } from './direct-writer.ts'
import { internMessages } from './interned.ts'
import { NumberReader } from './number-reader.ts'

const folder = 'concordat/v1'

/** proto/ stands beside package.json, wherever this file was compiled to. */
function findProtoRoot(): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'proto', folder, 'types.proto'))) {
    const above = dirname(at)
    if (above === at) throw new Error(`proto/${folder} not found above ${fileURLToPath(import.meta.url)}`)
    at = above
  }
  return join(at, 'proto')
}

export const protoRoot = findProtoRoot()
const files = ['coordinator', 'participant', 'operator'].map((name) => join(protoRoot, folder, `${name}.proto`))

function loadTypes(): protobuf.Root {
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => (files.includes(target) ? target : join(protoRoot, target))
  root.loadSync(files)
  root.resolveAll()
  internMessages(root.lookupType('concordat.v1.Member'))
  return root
}

const types = loadTypes()

/** The encoders that protobufjs generates call nothing of a writer but what this one has. */
const newWriter = (): protobuf.Writer => new DirectWriter() as unknown as protobuf.Writer

const encodeWith = (type: protobuf.Type) => (message: object) => type.encode(message, newWriter()).finish() as Buffer
const decodeWith = (type: protobuf.Type) => (bytes: Buffer) => type.decode(new NumberReader(bytes)) as object

function serviceDefinition(name: string): ServiceDefinition {
  const service = types.lookupService(`concordat.v1.${name}`)
  return Object.fromEntries(
    service.methodsArray.map((method) => {
      const request = service.lookupType(method.requestType)
      const response = service.lookupType(method.responseType)
      const definition: MethodDefinition<object, object> = {
        path: `/concordat.v1.${name}/${method.name}`,
        requestStream: method.requestStream ?? false,
        responseStream: method.responseStream ?? false,
        requestSerialize: encodeWith(request),
        requestDeserialize: decodeWith(request),
        responseSerialize: encodeWith(response),
        responseDeserialize: decodeWith(response),
        originalName: protobuf.util.lcFirst(method.name),
      }
      return [method.name, definition]
    }),
  )
}

export const coordinatorService = serviceDefinition('Coordinator')
export const participantService = serviceDefinition('Participant')
export const operatorService = serviceDefinition('Operator')

export interface MessageType {
  readonly encode: (message: object) => Buffer
  readonly decode: (bytes: Buffer) => object
}

/** One message by its name, outside a call; for tests and measurements. */
export function messageType(name: string): MessageType {
  const type = types.lookupType(`concordat.v1.${name}`)
  return { encode: encodeWith(type), decode: decodeWith(type) }
}
