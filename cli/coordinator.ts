// `concordat coordinator`: runs a coordinator until it is told to stop.

import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { type OptionValues, options, readConfig } from '../coordinator/config.ts'
import type { Option as ConfigOption } from '../coordinator/options.ts'
import { transactionError } from '../wire/index.ts'
import type { ExitCode } from './exit-code.ts'
import type { Finish } from './status.ts'

type Flags = Readonly<Record<string, unknown>>

export function addCoordinator(program: Command, finish: Finish): void {
  const command = program
    .command('coordinator')
    .summary('run a coordinator')
    .description(
      'Runs a coordinator. A flag beats its environment variable, which beats the file, which beats the default.',
    )
  for (const option of options) command.addOption(flagOf(option))
  command
    .option('--config <file>', 'a JSON file with options by their names, such as {"voteTimeoutMs": 2000}')
    .addHelpText(
      'after',
      `
Logs one JSON line a change to standard output; "listening" says that it serves, and where. SIGTERM and SIGINT drain it:
it takes nothing new, finishes the rest and ends with 0. A second signal ends it at once with 130.

Examples:
  $ concordat coordinator --data /var/lib/concordat --participant inventory=127.0.0.1:7411
  $ concordat coordinator --listen 0.0.0.0:7400 --advertise coordinator:7400 --config coordinator.json`,
    )
    .action(async (flags: Flags) => finish(await run(flags)))
}

/** Values stay text here: readConfig reads and checks them, wherever they come from. */
function flagOf(option: ConfigOption): Option {
  const { flag, kind, unit, env, sentence } = option
  const fallback = Array.isArray(option.default) ? option.default.join(',') : String(option.default)
  const notes = [...(fallback === '' ? [] : [`default: ${fallback}`]), `env: ${env}`].join(', ')
  const value = kind === 'boolean' ? '<true|false>' : `<${unit ?? (kind === 'list' ? 'name=address' : 'text')}>`
  const made = new Option(`--${flag} ${value}`, `${sentence} (${notes})`)
  if (kind === 'list')
    made.argParser((text: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), ...text.split(',')])
  return made
}

/** Commander names a flag's value by its flag, the configuration by its name. */
function flagValues(flags: Flags): OptionValues {
  const camelCase = (flag: string): string => flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(options.map(({ name, flag }) => [name, flags[camelCase(flag)]])) as OptionValues
}

function readFile(path: unknown): OptionValues {
  if (typeof path !== 'string') return {}
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as OptionValues
    throw new Error('it is not a JSON object')
  } catch (error) {
    throw transactionError('CONFIG_INVALID', `${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function run(flags: Flags): Promise<ExitCode> {
  const config = readConfig({ flags: flagValues(flags), env: process.env, file: readFile(flags['config']) })
  // Loaded only here: the other commands start without SQLite.
  const { runCoordinator } = await import('./run-coordinator.ts')
  return runCoordinator(config)
}
