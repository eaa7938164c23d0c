// Addresses that people type.

import { expect, test } from '@jest/globals'
import { connect } from '../../client/index.ts'
import { checkAddress } from '../../wire/index.ts'

test.each(['localhost:7400', '127.0.0.1:1', '[::1]:7400', 'dns:///coordinator:7400', 'unix:/run/concordat.sock'])(
  '%s is one',
  (address) => expect(checkAddress('it', address)).toBe(address),
)

test.each([
  ['http://localhost:7400', 'leave the scheme away'],
  ['localhost', 'host:port'],
  ['localhost:', 'host:port'],
  ['localhost:0', 'host:port'],
  ['localhost:70000', 'host:port'],
  ['two words:7400', 'host:port'],
  ['', 'host:port'],
])('%s is none, and the message says why', (address, why) => {
  expect(() => checkAddress('it', address)).toThrow(why)
  expect(() => connect(address)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
})
