// docs/errors.md as the two tables give it: operating errors, and the reasons of aborts.

import { abortCodes } from '../../protocol/index.ts'
import { errors } from '../../wire/index.ts'

const introduction = `# Errors and abort codes

A call fails with an **error** when something outside the rules of the protocols went wrong: a malformed request, an
unknown name, a process that does not answer. A transaction that was **aborted** is an answer and not an error: its
outcome has a reason with a code.

Codes are stable: programs may rely on them. Messages are for people and may change.

This page is printed from \`wire/errors.ts\` and \`protocol/outcome.ts\`; a test holds them equal. After a change there,
run \`UPDATE=1 npm test\`.

## Errors

In TypeScript an error is a \`TransactionError\` with \`code\`, \`retryable\` and, where they are known, \`transactionId\` and
\`path\`. Over gRPC it is a status with these trailing metadata:

| Key | Value |
| --- | --- |
| \`concordat-code\` | the code |
| \`concordat-retryable\` | \`true\` or \`false\` |
| \`concordat-epoch\` | \`STALE_EPOCH\`: the current epoch |
| \`concordat-path\` | the field that is wrong, such as \`branches.0.input\` |

*Retryable* means that the same request may succeed when it is sent again. It is never an answer to the question whether
the transaction has committed.
`

const abortIntroduction = `## Abort codes

The reason of an aborted transaction has one of these codes, or one of the business's own when \`refused\` is true.
*Retryable* means that the same work may succeed as a new transaction.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}

const yesOrNo = (is: boolean): string => (is ? 'yes' : 'no')

export function errorPage(): string {
  const errorRows = Object.entries(errors).map(([code, facts]) => [
    `\`${code}\``,
    facts.status,
    yesOrNo(facts.retryable),
    facts.meaning,
    facts.next,
  ])
  const abortRows = Object.entries(abortCodes).map(([code, facts]) => [
    `\`${code}\``,
    yesOrNo(facts.retryable),
    facts.meaning,
  ])
  return [
    introduction,
    table(['Code', 'gRPC status', 'Retryable', 'Meaning', 'What to do'], errorRows),
    abortIntroduction,
    table(['Code', 'Retryable', 'Meaning'], abortRows),
  ].join('\n')
}
