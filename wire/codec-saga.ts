// What a branch of a saga says of itself besides its work: what it takes from earlier results, whom it waits for, whether
// it can be taken back, how it is tried again. What only makes sense for all branches together (cycles, the place of the
// pivot) is judged where sagas are admitted.

import type { BranchNumber, Reference, RetryPolicy, SagaRole } from '../protocol/index.ts'
import { type WireEnum, wordsByNumber } from './codec-enums.ts'
import { readBranchNumber, readName } from './codec-ids.ts'
import { malformed } from './decoded.ts'
import type { BranchRequest } from './generated/concordat/v1/BranchRequest.ts'
import type { Reference as WireReference } from './generated/concordat/v1/Reference.ts'
import type { RetryPolicy as WireRetryPolicy } from './generated/concordat/v1/RetryPolicy.ts'
import { SagaRole as WireSagaRole } from './generated/concordat/v1/SagaRole.ts'

export interface RequestedPlan {
  readonly references: readonly Reference[]
  /** Absent: after the branch before it. Those that the references name are waited for in any case. */
  readonly after?: readonly BranchNumber[]
  readonly role: SagaRole
  /** What is absent is the coordinator's default. */
  readonly retry?: Partial<RetryPolicy>
}

const referencesMax = 256
const triesMax = 1_000
const waitMsMax = 24 * 60 * 60 * 1_000

const roleNumbers = {
  compensatable: WireSagaRole.SAGA_ROLE_COMPENSATABLE,
  pivot: WireSagaRole.SAGA_ROLE_PIVOT,
  retriable: WireSagaRole.SAGA_ROLE_RETRIABLE,
} as const satisfies Record<SagaRole, number>
const roles = wordsByNumber(roleNumbers)

export function writePlan({ references, after, role, retry }: RequestedPlan): BranchRequest {
  return {
    ...(references.length === 0 ? {} : { references: references.map((reference) => ({ ...reference })) }),
    ...(after === undefined ? {} : { after: { branches: [...after] } }),
    ...(role === 'compensatable' ? {} : { role: roleNumbers[role] }),
    ...(retry === undefined
      ? {}
      : { retry: { tries: retry.tries ?? 0, firstMs: retry.firstMs ?? 0, maxMs: retry.maxMs ?? 0 } }),
  }
}

/** Nothing when the branch says nothing, so that one plan has one form, and one digest. */
export function readPlan(wire: BranchRequest, path: string, input: string): RequestedPlan | undefined {
  // Most branches say nothing of a saga.
  if (!wire.references?.length && !wire.after && !wire.role && !wire.retry) return undefined
  const references = readReferences(wire.references ?? [], `${path}.references`, input)
  const after = wire.after ? readAfter(wire.after.branches ?? [], `${path}.after`) : undefined
  const role = readRole(wire.role, `${path}.role`)
  const retry = readRetry(wire.retry, `${path}.retry`)
  const isSaid = references.length > 0 || after !== undefined || role !== 'compensatable' || retry !== undefined
  if (!isSaid) return undefined
  return { references, role, ...(after === undefined ? {} : { after }), ...(retry === undefined ? {} : { retry }) }
}

/** What of a plan tells it from another one: the order of what it lists does not. */
export function planContent({ references, after, role, retry }: RequestedPlan): unknown {
  const taken = references.map(({ at, branch, from }) => [at, branch, from] as const)
  taken.sort(([a], [b]) => (a < b ? -1 : 1))
  const tries = [retry?.tries ?? 0, retry?.firstMs ?? 0, retry?.maxMs ?? 0]
  return [taken, after === undefined ? null : [...after].sort((a, b) => a - b), role, tries]
}

function readRole(value: WireEnum, path: string): SagaRole {
  if ((value ?? 0) === WireSagaRole.SAGA_ROLE_UNSPECIFIED) return 'compensatable'
  return roles.get(value as number) ?? malformed('BRANCH_INVALID', path, `${value} is not a role`)
}

function readAfter(wire: readonly number[], path: string): BranchNumber[] {
  const after = wire.map((number, index) => readBranchNumber(number, `${path}.branches.${index}`))
  if (after.length > 1 && new Set(after).size < after.length)
    malformed('BRANCH_INVALID', `${path}.branches`, 'names a branch twice')
  return after
}

function readRetry(wire: WireRetryPolicy | null | undefined, path: string): Partial<RetryPolicy> | undefined {
  if (!wire) return undefined
  const { tries = 0, firstMs = 0, maxMs = 0 } = wire
  if (tries > triesMax) malformed('BRANCH_INVALID', `${path}.tries`, `${tries} is more than ${triesMax}`)
  for (const [name, ms] of [
    ['firstMs', firstMs],
    ['maxMs', maxMs],
  ] as const) {
    if (ms > waitMsMax) malformed('BRANCH_INVALID', `${path}.${name}`, `${ms} ms is longer than a day`)
  }
  if (maxMs !== 0 && firstMs > maxMs) {
    malformed('BRANCH_INVALID', `${path}.maxMs`, `${maxMs} ms is shorter than the first wait of ${firstMs} ms`)
  }
  if (tries === 0 && firstMs === 0 && maxMs === 0) return undefined
  return {
    ...(tries === 0 ? {} : { tries }),
    ...(firstMs === 0 ? {} : { firstMs }),
    ...(maxMs === 0 ? {} : { maxMs }),
  }
}

function readReferences(wire: readonly WireReference[], path: string, input: string): Reference[] {
  if (wire.length === 0) return []
  if (wire.length > referencesMax) {
    malformed('BRANCH_INVALID', path, `has ${wire.length} references, the limit is ${referencesMax}`)
  }
  const parsed: unknown = JSON.parse(input)
  const references = wire.map((one, index) => readReference(one, `${path}.${index}`, parsed))
  const places = new Set(references.map(({ at }) => at))
  if (places.size < references.length) malformed('BRANCH_INVALID', path, 'has two references for one place')
  for (const [index, { at }] of references.entries()) {
    const outer = placesAround(at).find((place) => places.has(place))
    if (outer === undefined) continue
    malformed('BRANCH_INVALID', `${path}.${index}.at`, `is inside '${outer}', which is another reference's place`)
  }
  return references
}

function readReference(wire: WireReference, path: string, input: unknown): Reference {
  const at = readPointer(wire.at, `${path}.at`)
  if (!isPlaceOf(input, at)) malformed('BRANCH_INVALID', `${path}.at`, `there is no '${at}' in the input`)
  const branch = readBranchNumber(wire.branch, `${path}.branch`)
  return { at, branch, from: readPointer(wire.from, `${path}.from`) }
}

/** RFC 6901: nothing, or tokens that each begin with a slash; a tilde is only the beginning of ~0 or ~1. */
function readPointer(text: string | null | undefined, path: string): string {
  const pointer = readName(text, path)
  if (/^(\/([^~/]|~[01])*)*$/.test(pointer)) return pointer
  return malformed('BRANCH_INVALID', path, `'${pointer}' is not a JSON pointer: '' or '/lines/0/sku'`)
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The outer places, '' first. */
function placesAround(pointer: string): string[] {
  const tokens = pointer.split('/')
  return tokens.slice(0, -1).map((_token, index) => tokens.slice(0, index + 1).join('/'))
}

function isPlaceOf(value: unknown, pointer: string): boolean {
  let inside = value
  for (const token of tokensOf(pointer)) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, token)) return false
    if (Array.isArray(inside) && token === 'length') return false
    inside = (inside as Record<string, unknown>)[token]
  }
  return true
}
