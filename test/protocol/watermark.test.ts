// Design rule 15 as properties. A log's watermarks are those that its coordinator may announce one after another: the
// bound only grows, and at one bound transactions only leave the open list.

import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareSequences, Epoch, hasEnded, laterWatermark, noWatermark, type Watermark } from '../../protocol/index.ts'

const at = (number: number) => ({ epoch: Epoch(1), number })
const numbersMax = 12

/** In which order transactions end; after each end the watermark moves as far as `step` says. */
const histories = fc
  .tuple(
    fc.shuffledSubarray(Array.from({ length: numbersMax }, (_, index) => index)),
    fc.array(fc.nat(3), { minLength: numbersMax, maxLength: numbersMax }),
  )
  .map(([ends, moves]) => announced(ends, moves))

function announced(ends: readonly number[], moves: readonly number[]): Watermark[] {
  const ended = new Set<number>()
  let below = 0
  return ends.map((number, index) => {
    ended.add(number)
    below = Math.min(numbersMax, below + (moves[index] ?? 0))
    const open = Array.from({ length: below }, (_, older) => older).filter((older) => !ended.has(older))
    return { below: at(below), open: open.map(at) }
  })
}

const pick = (history: readonly Watermark[], index: number): Watermark => history[index % history.length] ?? noWatermark

const inHistory = fc.tuple(histories, fc.nat(), fc.nat(), fc.nat())

test('nothing has ended below no watermark', () => {
  expect(hasEnded(noWatermark, at(0))).toBe(false)
  expect(hasEnded(noWatermark, { epoch: Epoch(0), number: 0 })).toBe(false)
})

test('the bound itself has not ended; an older epoch has', () => {
  expect(hasEnded({ below: at(5), open: [] }, at(5))).toBe(false)
  expect(hasEnded({ below: at(5), open: [] }, at(4))).toBe(true)
  expect(hasEnded({ below: at(0), open: [] }, { epoch: Epoch(0), number: 1_000_000 })).toBe(true)
})

test('whatever stays open below it has not ended', () => {
  fc.assert(
    fc.property(histories, fc.nat(numbersMax), (history, number) => {
      for (const watermark of history) {
        const isOpen = watermark.open.some((open) => compareSequences(open, at(number)) === 0)
        expect(hasEnded(watermark, at(number))).toBe(number < watermark.below.number && !isOpen)
      }
    }),
  )
})

test('it only grows: what has ended stays ended, in whatever order watermarks are heard', () => {
  fc.assert(
    fc.property(histories, fc.array(fc.nat(), { maxLength: 20 }), (history, heard) => {
      let known = noWatermark
      for (const index of heard) {
        const later = laterWatermark(known, pick(history, index))
        expect(compareSequences(later.below, known.below)).toBeGreaterThanOrEqual(0)
        for (let number = 0; number < numbersMax; number += 1) {
          if (hasEnded(known, at(number))) expect(hasEnded(later, at(number))).toBe(true)
        }
        known = later
      }
    }),
  )
})

test('of two, the later one is the same whichever was heard first, and hearing it again changes nothing', () => {
  fc.assert(
    fc.property(inHistory, ([history, first, second, third]) => {
      const [a, b, c] = [pick(history, first), pick(history, second), pick(history, third)]
      expect(laterWatermark(a, b)).toEqual(laterWatermark(b, a))
      expect(laterWatermark(a, a)).toBe(a)
      expect(laterWatermark(laterWatermark(a, b), b)).toEqual(laterWatermark(a, b))
      expect(laterWatermark(laterWatermark(a, b), c)).toEqual(laterWatermark(a, laterWatermark(b, c)))
    }),
  )
})
