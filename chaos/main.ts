// Prints where the power-loss library is, built if need be: LD_PRELOAD=$(node dist/chaos/main.js) node ...

import { buildPowerLoss } from './powerloss.ts'

const built = buildPowerLoss()
if (built.isBuilt) {
  console.log(built.library)
} else {
  console.error(`no power loss: ${built.reason}`)
  process.exitCode = 1
}
