// The folder of the log.

import { expect, test } from '@jest/globals'
import { readConfig } from '../../coordinator/config.ts'
import { startCoordinator } from '../../coordinator/start.ts'
import { silentLogger } from '../../participant/environment.ts'

test('a folder that cannot be made is an error, at once', async () => {
  const config = readConfig({ flags: { data: '/proc/concordat/log', listen: '127.0.0.1:0' }, env: {}, file: {} })
  await expect(startCoordinator(config, silentLogger)).rejects.toMatchObject({ code: 'STORE_FAILED' })
})
