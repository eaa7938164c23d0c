// A participant without our SDK: plain grpc-js, the proto files, unary methods, a Map for a database. What another
// language would do.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { expect, test } from '@jest/globals'
import { freePort } from '../../chaos/free-port.ts'
import { branch, contract, operation } from '../../client/index.ts'
import { until } from './support/processes.ts'
import { ledgers, World } from './support/world.ts'

const root = fileURLToPath(new URL('../../../proto', import.meta.url))
const loaded = loadSync(join(root, 'concordat/v1/participant.proto'), {
  includeDirs: [root],
  enums: String,
  longs: Number,
})
const definition = loaded['concordat.v1.Participant'] as grpc.ServiceDefinition

interface Unary {
  prepare?: { transactionId: Buffer; branch: number; input: Buffer; operation: string; onePhase: boolean }
  commit?: { transactionId: Buffer; branch: number }
  abort?: { transactionId: Buffer; branch: number }
  status?: { transactionId: Buffer; branch: number }
}
type Row = { state: 'prepared' | 'committed' | 'aborted'; text: string }

/** Remembers notes; a note that says "no" is refused. */
class PlainParticipant implements Disposable {
  readonly rows = new Map<string, Row>()
  readonly #server = new grpc.Server()
  readonly asked: string[] = []
  readonly #storageId = Buffer.from('feedfacefeedfacefeedfacefeedface', 'hex')
  #records = 0

  async listen(port: number): Promise<void> {
    const answer =
      (respond: (request: Unary) => object): grpc.handleUnaryCall<Unary, object> =>
      (call, callback) =>
        callback(null, { header: this.#header(), ...respond(call.request) })
    this.#server.addService(definition, {
      describe: answer(() => ({ operations: ['note'], protocols: ['PROTOCOL_TWO_PHASE'] })),
      prepare: answer(({ prepare }) => ({ vote: this.#vote(prepare) })),
      commit: answer(({ commit }) => ({ answer: this.#decide(commit, 'committed') })),
      abort: answer(({ abort }) => ({ answer: this.#decide(abort, 'aborted') })),
      status: answer(({ status }) => ({ answer: { ...status, state: this.#stateOf(status) } })),
    })
    await new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      )
    })
  }

  #header(): object {
    const record = this.#records
    return {
      storageId: this.#storageId,
      boot: 1,
      recordSequence: record,
      forcedTurn: record,
      participant: 'plain',
      sentAtMs: Date.now(),
    }
  }

  #vote(prepare: Unary['prepare']): object {
    if (prepare === undefined) return {}
    const { transactionId, branch: number, onePhase } = prepare
    const key = keyOf(prepare)
    this.asked.push('prepare')
    const text = (JSON.parse(String(prepare.input)) as { text: string }).text
    if (text === 'no') {
      this.#write(key, { state: 'aborted', text })
      const reason = { code: 'NOT_THIS', message: 'it says no', refused: true }
      return { transactionId, branch: number, vote: 'VOTE_KIND_NO', reason }
    }
    if (!this.rows.has(key)) this.#write(key, { state: onePhase ? 'committed' : 'prepared', text })
    const vote = onePhase ? 'VOTE_KIND_COMMITTED' : 'VOTE_KIND_YES'
    return { transactionId, branch: number, vote, result: Buffer.from(JSON.stringify({ length: text.length })) }
  }

  #decide(message: Unary['commit'], state: 'committed' | 'aborted'): object {
    if (message === undefined) return {}
    const { transactionId, branch: number } = message
    const row = this.rows.get(keyOf(message))
    this.asked.push(state)
    const decision = state === 'committed' ? 'DECISION_COMMIT' : 'DECISION_ABORT'
    if (row === undefined && state === 'committed')
      return { transactionId, branch: number, decision, answer: 'DECISION_ANSWER_KIND_NO_RECORD' }
    this.#write(keyOf(message), { state, text: row?.text ?? '' })
    return { transactionId, branch: number, decision, answer: 'DECISION_ANSWER_KIND_APPLIED', turn: this.#records }
  }

  #stateOf(message: Unary['status']): string {
    const row = message === undefined ? undefined : this.rows.get(keyOf(message))
    return row === undefined ? 'BRANCH_STATE_NO_INFORMATION' : `BRANCH_STATE_${row.state.toUpperCase()}`
  }

  #write(key: string, row: Row): void {
    this.#records += 1
    this.rows.set(key, row)
  }

  [Symbol.dispose](): void {
    this.#server.forceShutdown()
  }
}

const keyOf = ({ transactionId, branch: number }: { transactionId: Buffer; branch: number }): string =>
  `${transactionId.toString('hex')}/${number}`

const plain = contract('plain', { note: operation<{ text: string }, { length: number }>() })

test('a participant of plain grpc-js, unary methods only, takes part', async () => {
  const port = await freePort()
  using participant = new PlainParticipant()
  await participant.listen(port)
  await using world = await World.start(['--participant', `plain=127.0.0.1:${port}`], {}, 4)
  const coordinator = world.connect()
  const line = branch(ledgers.a.add, { account: 'x', amount: 1 })

  const committed = await coordinator.submit({ branches: [line, branch(plain.note, { text: 'hello' })] })
  expect(committed).toMatchObject({ outcome: 'committed', results: [{ balance: 1 }, { length: 5 }] })
  const refused = await coordinator.submit({ branches: [line, branch(plain.note, { text: 'no' })], retries: 0 })
  expect(refused).toMatchObject({ outcome: 'aborted', reason: { code: 'NOT_THIS', refused: true } })
  const alone = await coordinator.submit({ branches: [branch(plain.note, { text: 'one phase' })] })
  expect(alone).toMatchObject({ outcome: 'committed', results: [{ length: 9 }] })

  await until(
    'every note has ended',
    () => [...participant.rows.values()],
    (rows) => rows.every(({ state }) => state !== 'prepared'),
  )
  expect([...participant.rows.values()].filter(({ state }) => state === 'committed').map(({ text }) => text)).toEqual([
    'hello',
    'one phase',
  ])
  await until(
    'the refused line is gone',
    () => world.lines('a'),
    (lines) => lines.length === 1 && lines[0]?.state === 'final',
  )
})
