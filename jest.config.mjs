// Tests run as compiled, from dist/: no transform, so jest sees the same files as production.
export default {
  roots: ['<rootDir>/dist'],
  // A test over real processes may wait for a busy machine; none waits for a fixed time.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/dist/test/**/*.test.js'],
  transform: {},
  testEnvironment: 'node',
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/scripts/plain-reporter.cjs'],
}
