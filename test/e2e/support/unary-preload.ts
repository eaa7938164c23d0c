// Loaded into a participant's process: it has no sessions, like one in another language.

import { Server } from '@grpc/grpc-js'

type AddService = (this: Server, service: object, handlers: Record<string, unknown>) => void

const { addService } = Server.prototype as unknown as { addService: AddService }

Server.prototype.addService = function (this: Server, service: object, handlers: Record<string, unknown>): void {
  const { session: _, ...unary } = handlers
  addService.call(this, service, unary)
} as typeof Server.prototype.addService
