// Inputs and results as JSON text.

import { placeIn, ReferenceUsed, type Referred, referredBy } from './result-of.ts'

/** A value of another branch's result that goes into this input. */
export interface InputReference extends Referred {
  /** Where in the input: a JSON pointer. There the text has null. */
  readonly at: string
}

export interface WrittenInput {
  readonly text: string
  readonly references: readonly InputReference[]
}

/** An input's text, and the references in it. Nothing is sent as `null`: an empty input is not JSON. */
export function writeInput(input: unknown): WrittenInput {
  try {
    return { text: JSON.stringify(input) ?? 'null', references: [] }
  } catch (error) {
    // Most inputs have no reference, and looking for them takes several times as long as writing.
    if (!(error instanceof ReferenceUsed)) throw error
    return writeWithReferences(input)
  }
}

function writeWithReferences(input: unknown): WrittenInput {
  const references: InputReference[] = []
  const places = new Map<object, string>()
  const text = JSON.stringify(input, function (this: object, key: string, value: unknown) {
    const around = places.get(this)
    // The first one stands in an object that is not the caller's.
    const at = around === undefined ? '' : placeIn(around, key)
    const referred = referredBy(value)
    if (referred !== undefined) {
      references.push({ at, ...referred })
      return null
    }
    // Before its parts are visited; an object that stands at two places is written at one after the other.
    if (typeof value === 'object' && value !== null) places.set(value, at)
    return value
  })
  return { text, references }
}

/**
 * What an operation returned; nothing for an empty text. A text that is no JSON is handed on as it is: an exception
 * here would hide an outcome.
 */
export function readResult(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
