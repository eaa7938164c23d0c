// The hand-written alternative: a service that does its share when it is called, in a local transaction of its own. What the
// others of the same order came to is unknown to it.

import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js'
import { openDatabase } from '../bare/database.ts'
import { type Message, noFacts, serve, unaryService } from '../bare/frames.ts'

export function startPlainService(file: string): Promise<string> {
  const db = openDatabase(file)
  db.exec('CREATE TABLE work (id BLOB PRIMARY KEY, input TEXT NOT NULL, result TEXT NOT NULL) WITHOUT ROWID, STRICT')
  const insert = db.prepare('INSERT INTO work VALUES (?, ?, ?)')
  return serve(unaryService, {
    run: (call: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => {
      const { kind, id, branch, payloads } = call.request as Message
      const input = payloads[0] ?? ''
      const result = JSON.stringify(JSON.parse(input))
      insert.run(id, input, result)
      answer(null, { kind, id, branch, payloads: [result], facts: noFacts } satisfies Message)
    },
  })
}
