// Makes a participant of the SDK look like one in another language, which has unary methods only. The SDK has no option for
// that, because nobody would want it; so the method is taken away where the service is registered.

import grpc from '@grpc/grpc-js'

type AddService = (
  this: grpc.Server,
  service: grpc.ServiceDefinition,
  implementation: grpc.UntypedServiceImplementation,
) => void

export function refuseSessions(): void {
  const prototype: { addService: AddService } = grpc.Server.prototype
  const addService = prototype.addService
  prototype.addService = function (service, implementation) {
    const { session, ...others } = implementation
    addService.call(this, service, session === undefined ? implementation : { ...others, session: unimplemented })
  }
}

function unimplemented(stream: grpc.ServerDuplexStream<object, object>): void {
  stream.emit('error', { code: grpc.status.UNIMPLEMENTED, details: 'no sessions here' })
}
