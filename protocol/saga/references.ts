// Values of earlier results that go into an input: places are JSON pointers (RFC 6901), texts go in and come out.

import type { BranchNumber } from '../ids.ts'
import type { Reference } from './plan.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

export type Resolved = { readonly input: string } | { readonly missing: string }

/** The input with all that it refers to; or a sentence that says what is missing. */
export function resolveInput(
  input: string,
  references: readonly Reference[],
  resultOf: (branch: BranchNumber) => string | undefined,
): Resolved {
  if (references.length === 0) return { input }
  let whole: Json | undefined = parsed(input) ?? null
  for (const { at, branch, from } of references) {
    const value = valueAt(parsed(resultOf(branch) ?? ''), from)
    if (value === undefined) return { missing: `the result of branch ${branch} has nothing at '${from}'` }
    whole = withValueAt(whole, at, value)
    if (whole === undefined) return { missing: `the input has no place '${at}'` }
  }
  return { input: JSON.stringify(whole) }
}

/** What is wrong with the places of these references, in a sentence; undefined when nothing is. */
export function problemOfReferences(input: string, references: readonly Reference[]): string | undefined {
  let whole: Json | undefined = references.length === 0 ? null : parsed(input)
  if (whole === undefined && input !== '') return 'its input is not JSON'
  for (const { at, from } of references) {
    if (namesOf(from) === undefined) return `'${from}' is not a JSON pointer`
    if (namesOf(at) === undefined) return `'${at}' is not a JSON pointer`
    whole = withValueAt(whole ?? null, at, null)
    if (whole === undefined) return `its input has no place '${at}'`
  }
  return undefined
}

/** What is at the pointer; undefined when nothing is. */
export function valueAt(whole: Json | undefined, pointer: string): Json | undefined {
  const names = namesOf(pointer)
  if (names === undefined) return undefined
  return names.reduce<Json | undefined>(childOf, whole)
}

/** A copy with the value put there. What holds it must exist; undefined when it does not. */
export function withValueAt(whole: Json, pointer: string, value: Json): Json | undefined {
  const names = namesOf(pointer)
  return names === undefined ? undefined : put(whole, names, value)
}

function put(whole: Json, [name, ...others]: readonly string[], value: Json): Json | undefined {
  if (name === undefined) return value
  if (whole === null || typeof whole !== 'object') return undefined
  const child = childOf(whole, name)
  if (others.length > 0 && child === undefined) return undefined
  const changed = put(child ?? null, others, value)
  if (changed === undefined) return undefined
  if (!Array.isArray(whole)) return Object.fromEntries([...Object.entries(whole), [name, changed]])
  const index = name === '-' ? whole.length : indexOf(name)
  if (index === undefined || index > whole.length) return undefined
  return [...whole.slice(0, index), changed, ...whole.slice(index + 1)]
}

function childOf(whole: Json | undefined, name: string): Json | undefined {
  if (whole === undefined || whole === null || typeof whole !== 'object') return undefined
  if (!Array.isArray(whole)) return Object.hasOwn(whole, name) ? whole[name] : undefined
  const index = indexOf(name)
  return index === undefined ? undefined : whole[index]
}

const indexOf = (name: string): number | undefined => (/^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined)

/** The names along a pointer; undefined when it is none. */
function namesOf(pointer: string): readonly string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function parsed(text: string): Json | undefined {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
