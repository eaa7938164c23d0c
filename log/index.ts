// The coordinator's log and what crash tests need of it. ARCHITECTURE.md shows where a transaction passes through it.
export { type CrashPoint, crashPoint, crashPoints, hasCrashPoints, parseCrashPoints } from './crash-points.ts'
export type { Log, LogEntry, LogListener, Query, RecordedParticipant, RecordedTransaction, Recovered } from './log.ts'
export { type Disk, newDisk, openMemoryLog, withEntry } from './memory-log.ts'
export { LogError, openSqliteLog } from './sqlite-log.ts'
export { lockStore, StoreInUseError, type StoreLock } from './store-lock.ts'
