// The coordinator as a program would embed it; `concordat coordinator` is made of this.
export { type CoordinatorConfig, options, readConfig } from './config.ts'
export type { Logger } from './logger.ts'
export type { Option } from './options.ts'
export { type RunningCoordinator, startCoordinator, storeFailedExitCode } from './start.ts'
