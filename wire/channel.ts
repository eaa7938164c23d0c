// How our processes connect: the channel and server options that all of them share, stubs, and the start and end of a
// server.

import * as grpc from '@grpc/grpc-js'
import type { CoordinatorClient } from './generated/concordat/v1/Coordinator.ts'
import type { OperatorClient } from './generated/concordat/v1/Operator.ts'
import type { ParticipantClient } from './generated/concordat/v1/Participant.ts'
import { coordinatorService, operatorService, participantService } from './proto.ts'
import { transactionError } from './transaction-error.ts'

/** Holds any transaction that the limits allow, and a session frame of about 1 MiB plus one message. */
export const messageBytesMax = 64 * 1024 * 1024

const sharedOptions = {
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': messageBytesMax,
  // A stopped peer is otherwise not noticed, and what it had buffered is handled much later.
  'grpc.keepalive_time_ms': 1_000,
  'grpc.keepalive_timeout_ms': 1_000,
  'grpc.keepalive_permit_without_calls': 1,
  // The default window of 64 KiB stalls a session at 64 KiB a round trip.
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
} as const

export const channelOptions: grpc.ChannelOptions = {
  ...sharedOptions,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  // Resending is ours to decide: every message of ours may be sent twice, and the protocol says when.
  'grpc.enable_retries': 0,
  // An address names one process; nothing is looked up besides it.
  'grpc.service_config_disable_resolution': 1,
}

export const serverOptions: grpc.ServerOptions = { ...sharedOptions }

/** The one place where a connection would become TLS. */
export const clientCredentials = (): grpc.ChannelCredentials => grpc.credentials.createInsecure()
const serverCredentials = (): grpc.ServerCredentials => grpc.ServerCredentials.createInsecure()

function stubOf<Stub extends grpc.Client>(service: grpc.ServiceDefinition, name: string) {
  const Constructor = grpc.makeGenericClientConstructor(service, name)
  return (address: string, options: grpc.ChannelOptions = {}): Stub =>
    new Constructor(address, clientCredentials(), { ...channelOptions, ...options }) as unknown as Stub
}

export const coordinatorStub = stubOf<CoordinatorClient>(coordinatorService, 'Coordinator')
export const participantStub = stubOf<ParticipantClient>(participantService, 'Participant')
export const operatorStub = stubOf<OperatorClient>(operatorService, 'Operator')

export const createServer = (options: grpc.ServerOptions = {}): grpc.Server =>
  new grpc.Server({ ...serverOptions, ...options })

/** Starts to serve; the promise is the port, which matters when `address` ends in `:0`. */
export function listen(server: grpc.Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, serverCredentials(), (error, port) => {
      if (error === null) resolve(port)
      else {
        const [, why] = /^No address added .* errors: \[(.+)\]$/s.exec(error.message) ?? []
        const message = `cannot listen at ${address}: ${why ?? error.message}`
        reject(transactionError('CONFIG_INVALID', message, { cause: error }))
      }
    })
  })
}

/**
 * Ends a server: open streams first, because one of them would hold tryShutdown for ever; unary calls get `graceMs`
 * to finish; then whatever is left is cut off.
 */
export function closeServer(server: grpc.Server, endStreams: () => void, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), graceMs)
    server.tryShutdown(() => {
      clearTimeout(timer)
      resolve()
    })
    endStreams()
  })
}
