import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { type Option, options, readConfig } from '../../coordinator/index.ts'
import { options as participantOptions } from '../../participant/config.ts'

const path = fileURLToPath(new URL('../../../docs/options.md', import.meta.url))

function row(option: Option): string {
  const { flag, env, unit, min, max, sentence } = option
  const given = Array.isArray(option.default) || option.default === '' ? '' : `\`${String(option.default)}\``
  const limits = min === undefined && max === undefined ? '' : `${min ?? ''} to ${max ?? ''}`
  return `| \`--${flag}\` | \`${env}\` | ${given} | ${unit ?? ''} | ${limits} | ${sentence} |`
}

function participantRow([name, option]: [
  string,
  (typeof participantOptions)[keyof typeof participantOptions],
]): string {
  const { unit, min, max, meaning } = option
  return `| \`${name}\` | \`${option.default}\` | ${unit === 'count' ? '' : unit} | ${min} to ${max} | ${meaning} |`
}

const page = `# Options

## Of the coordinator

Made from \`coordinator/options.ts\`; change that table. A flag beats the environment, which beats the file given with
\`--config\`, which beats the default. Unknown environment variables that begin with \`CONCORDAT_\` are an error.

| flag | environment | default | unit | limits | meaning |
| --- | --- | --- | --- | --- | --- |
${options.map(row).join('\n')}

## Of a participant

Made from \`participant/config.ts\`; change that table. They are given in code: \`participant(contract, { store, operations,
lockWaitMs: 500 })\`.

| name | default | unit | limits | meaning |
| --- | --- | --- | --- | --- |
${Object.entries(participantOptions).map(participantRow).join('\n')}
`

test('docs/options.md is the table of options', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(path, page)
  expect(readFileSync(path, 'utf8')).toBe(page)
})

test('a flag beats the environment, which beats the file, which beats the default', () => {
  const file = { voteTimeoutMs: 1_000, inFlightMax: 10, branchesMax: 5 }
  const env = { CONCORDAT_VOTE_TIMEOUT_MS: '2000', CONCORDAT_IN_FLIGHT_MAX: '20' }
  const config = readConfig({ flags: { voteTimeoutMs: 3_000 }, env, file })
  expect(config).toMatchObject({ inFlightMax: 20, limits: { branchesMax: 5 }, policy: { voteTimeoutMs: 3_000 } })
  expect(config.transactionTimeoutMs).toBe(60_000)
})

test.each([
  ['an unknown variable', { env: { CONCORDAT_VOTE_TIMEOUT: '1' } }, 'CONCORDAT_VOTE_TIMEOUT is no option'],
  ['an unknown name in the file', { file: { votes: 1 } }, "'votes' is no option"],
  ['a number outside its limits', { flags: { voteTimeoutMs: 1 } }, 'a whole number from 10'],
  ['no number at all', { flags: { voteTimeoutMs: 'soon' } }, "not 'soon'"],
  ['a participant without an address', { flags: { participants: ['orders'] } }, 'name=host:port'],
  ['a first wait longer than the longest', { flags: { resendFirstMs: 20_000 } }, 'at most --resend-max-ms'],
])('%s is refused, and the message names it', (_what, sources, sentence) => {
  expect(() => readConfig(sources)).toThrow(sentence)
})
