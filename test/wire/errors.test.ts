import { readFileSync, writeFileSync } from 'node:fs'
import { status as grpcStatus, Metadata } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { abortCodes, TransactionId } from '../../protocol/index.ts'
import {
  type ErrorCode,
  errors,
  fromRequestError,
  fromServiceError,
  isTransactionError,
  status,
  toRequestError,
  toServiceError,
  transactionError,
} from '../../wire/index.ts'
import { errorPage } from './error-page.ts'

const page = new URL('../../../docs/errors.md', import.meta.url)
const codes = Object.keys(errors) as ErrorCode[]
const transactionId = TransactionId('0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b')

describe('docs/errors.md', () => {
  test('is what the two tables say', () => {
    if (process.env['UPDATE'] !== undefined) writeFileSync(page, errorPage())
    expect(readFileSync(page, 'utf8')).toBe(errorPage())
  })

  test('has a row for every code, and none for another', () => {
    const [errorPart = '', abortPart = ''] = readFileSync(page, 'utf8').split('## Abort codes')
    const codesIn = (text: string): string[] =>
      [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1] ?? '')
    expect(codesIn(errorPart)).toEqual(codes)
    expect(codesIn(abortPart)).toEqual(Object.keys(abortCodes))
  })
})

describe('the table', () => {
  test('uses the status numbers of gRPC', () => {
    for (const [name, number] of Object.entries(status)) {
      expect([name, number]).toEqual([name, grpcStatus[name as keyof typeof grpcStatus]])
    }
  })

  test.each(codes)('%s says what it means and what to do', (code) => {
    const { meaning, next } = errors[code]
    expect(meaning).toMatch(/^[a-z][^|]*[^.]$/)
    expect(next).toMatch(/^[A-Z][^|]*\.$/)
  })
})

describe('over gRPC', () => {
  test.each(codes)('%s survives the way', (code) => {
    const sent = transactionError(code, 'some message', { epoch: 7, path: 'branches.0.input' })
    const { code: number, details, metadata } = toServiceError(sent)
    const heard = fromServiceError(Object.assign(new Error('13 WHATEVER'), { code: number, details, metadata }))
    expect(number).toBe(status[errors[code].status])
    expect(heard).toMatchObject({ code, message: 'some message', epoch: 7, path: 'branches.0.input' })
    expect(heard.retryable).toBe(errors[code].retryable)
    expect(metadata.get('concordat-code')).toEqual([code])
    expect(metadata.get('concordat-retryable')).toEqual([String(errors[code].retryable)])
    expect(metadata.get('concordat-epoch')).toEqual(['7'])
  })

  test.each(codes)('%s survives a session', (code) => {
    const extras = { epoch: 7, path: 'branches.0.input' }
    const heard = fromRequestError(toRequestError(transactionError(code, 'some message', extras)))
    expect(heard).toMatchObject({ code, message: 'some message', retryable: errors[code].retryable, ...extras })
    expect(fromRequestError(toRequestError(transactionError(code)))).not.toHaveProperty('path')
  })

  test('what is not ours is told as INTERNAL and nothing else', () => {
    const secret = new Error('password=1234')
    const told = toServiceError(secret)
    expect(told.code).toBe(status.INTERNAL)
    expect(JSON.stringify(told) + told.metadata.get('concordat-code').join()).not.toContain('1234')
    expect(JSON.stringify(toRequestError(secret))).not.toContain('1234')
  })

  test('a path that HTTP/2 could not carry is left out', () => {
    const told = toServiceError(transactionError('INPUT_INVALID', 'no', { path: 'größe\n' }))
    expect(told.metadata.get('concordat-path')).toEqual([])
  })

  test.each([
    [grpcStatus.UNAVAILABLE, 'COORDINATOR_UNREACHABLE'],
    [grpcStatus.DEADLINE_EXCEEDED, 'COORDINATOR_UNREACHABLE'],
    [grpcStatus.CANCELLED, 'REQUEST_CANCELLED'],
    [grpcStatus.UNIMPLEMENTED, 'UNIMPLEMENTED'],
    [grpcStatus.RESOURCE_EXHAUSTED, 'PAYLOAD_TOO_LARGE'],
    [grpcStatus.INTERNAL, 'INTERNAL'],
    [grpcStatus.NOT_FOUND, 'INTERNAL'],
  ])('status %i without a code is %s', (number, code) => {
    const heard = fromServiceError({ code: number, details: 'from grpc-js', metadata: new Metadata() })
    expect(heard).toMatchObject({ code, message: 'from grpc-js' })
  })

  test('a connection that cannot be opened is told without what grpc-js says around it', () => {
    const around = (last: string) => `No connection established. Last error: ${last}. Resolution note: `
    const heard = (details: string) => fromServiceError({ code: grpcStatus.UNAVAILABLE, details }).message
    const refused = 'connect ECONNREFUSED 127.0.0.1:7400'
    expect(heard(around(`Error: ${refused}`))).toBe(refused)
    expect(heard(around('null'))).toBe(around('null'))
    expect(heard('Name resolution failed')).toBe('Name resolution failed')
  })

  test('a code of a later version is told by its status', () => {
    const metadata = new Metadata()
    metadata.set('concordat-code', 'NOT_YET_INVENTED')
    expect(fromServiceError({ code: grpcStatus.UNAVAILABLE, metadata }, 'PARTICIPANT_UNREACHABLE').code).toBe(
      'PARTICIPANT_UNREACHABLE',
    )
    expect(fromRequestError({ status: grpcStatus.UNAVAILABLE, code: 'NOT_YET_INVENTED' }).code).toBe(
      'COORDINATOR_UNREACHABLE',
    )
  })

  test.each([undefined, null, 'text', {}])('even %p becomes an error', (thrown) => {
    expect(fromServiceError(thrown).code).toBe('INTERNAL')
    expect(toServiceError(thrown).code).toBe(status.INTERNAL)
  })
})

describe('a TransactionError', () => {
  test('has the sentence of the table when it is given none', () => {
    const error = transactionError('OVERLOADED', undefined, { transactionId, cause: 'why' })
    expect(error.message).toBe(errors.OVERLOADED.meaning)
    expect(error).toMatchObject({ name: 'TransactionError', retryable: true, transactionId, cause: 'why' })
  })

  test('is known by its shape', () => {
    const copy = Object.assign(new Error('of another copy of this package'), { code: 'FENCED' })
    copy.name = 'TransactionError'
    expect(isTransactionError(copy)).toBe(true)
    expect(isTransactionError(Object.assign(new Error('no'), { code: 'FENCED' }))).toBe(false)
    expect(isTransactionError(null)).toBe(false)
  })
})
