// Tests run as compiled, from dist/: no transform, so jest sees the same files as production.
export default {
  roots: ['<rootDir>/dist'],
  testMatch: ['<rootDir>/dist/test/**/*.test.js'],
  transform: {},
  testEnvironment: 'node',
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/scripts/plain-reporter.cjs'],
}
