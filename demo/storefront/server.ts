// The storefront's HTTP side: reads requests, checks them, and writes answers. What it sells is in shop.ts.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Coordinator, Protocol } from 'concordat/client'
import type { Logger } from 'pino'
import { uuidv7 } from 'uuidv7'
import { type Answer, findOrder, listStock, orderForm, placeOrder } from './shop.ts'

const bodyBytesMax = 16_384

export function storefrontServer(coordinator: Coordinator, protocol: Protocol, logger: Logger): Server {
  return createServer((request, response) => {
    route(coordinator, protocol, request)
      .catch((error: unknown): Answer => {
        logger.error({ err: error, method: request.method, url: request.url }, 'the request failed')
        return { status: 500, body: { code: 'INTERNAL', message: 'something went wrong here; please try again' } }
      })
      .then(
        (answer) => write(response, answer),
        () => response.destroy(),
      )
  })
}

async function route(coordinator: Coordinator, protocol: Protocol, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://storefront')
  const [folder, id, ...rest] = url.pathname.split('/').slice(1)
  const where = rest.length > 0 ? 'nowhere' : `${request.method} /${folder}${id === undefined ? '' : '/:id'}`
  switch (where) {
    case 'POST /orders':
      return takeOrder(coordinator, protocol, request, url)
    case 'GET /orders/:id':
      return findOrder(coordinator, id ?? '')
    case 'GET /stock':
      return listStock(coordinator)
    case 'GET /healthz':
      return { status: 200, body: { status: 'serving' } }
    default:
      return { status: 404, body: { code: 'NOT_FOUND', message: `there is no ${request.method} ${url.pathname}` } }
  }
}

async function takeOrder(
  coordinator: Coordinator,
  protocol: Protocol,
  request: IncomingMessage,
  url: URL,
): Promise<Answer> {
  const style = url.searchParams.get('style') ?? 'transact'
  if (style !== 'transact' && style !== 'submit') return invalid('style', "style is 'transact' or 'submit'")
  const text = await readBody(request)
  if (text === undefined) return { status: 413, body: { code: 'TOO_LARGE', message: `over ${bodyBytesMax} bytes` } }
  const form = orderForm.safeParse(parseJson(text))
  if (!form.success) {
    const issue = form.error.issues[0]
    return invalid(issue?.path.join('.') ?? '', issue?.message ?? 'not an order')
  }
  return placeOrder(coordinator, { ...form.data, orderId: form.data.orderId ?? uuidv7() }, style, protocol)
}

const invalid = (path: string, message: string): Answer => ({
  status: 400,
  body: { code: 'INPUT_INVALID', path, message },
})

/** The body as text; nothing if it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    // The rest is read and dropped: whoever stops reading cannot answer.
    if (bytes <= bodyBytesMax) chunks.push(chunk)
  }
  return bytes > bodyBytesMax ? undefined : Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function write(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(`${JSON.stringify(body)}\n`)
}
