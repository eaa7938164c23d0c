// Ports for processes that die and come back (chaos/free-port.ts).

import { expect, test } from '@jest/globals'
import { freePort } from '../../chaos/free-port.ts'

test('no port is given twice while anybody may still want it', async () => {
  const ports: number[] = []
  for (let count = 0; count < 600; count += 1) ports.push(await freePort())
  expect(new Set(ports).size).toBe(ports.length)
})
