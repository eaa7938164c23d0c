// What must hold of every history (protocols.md 4, AC1 and EPOCH). A sentence is a violation; undefined is none.

import type { Mark } from './history.ts'

interface Adoption {
  readonly attempt: string
  readonly ballot: string
  readonly choice: string
  readonly place: number
}

/** `voting` is how many members vote, the coordinator included if it does; a majority is more than half of them. */
export function violationIn(marks: readonly Mark[], participants: number): string | undefined {
  const wrong = marks.find((mark) => mark.startsWith('wrong'))
  if (wrong !== undefined) return wrong
  const adopted = adoptionsIn(marks)
  for (const attempt of ['1', '2']) {
    const isCommitted = marks.includes(`commit ${attempt}`)
    if (isCommitted && marks.includes(`abort ${attempt}`)) return `try ${attempt} has committed and aborted`
    const ofTry = adopted.filter((one) => one.attempt === attempt)
    const mixed = ofTry.find((one) => ofTry.some((other) => other.ballot === one.ballot && other.choice !== one.choice))
    if (mixed !== undefined) return `two choices were adopted at ballot ${mixed.ballot}`
    if (isCommitted && !chosen(ofTry, 'pre-commit', participants))
      return `try ${attempt} has committed; no majority has adopted it at one ballot`
    if (chosen(ofTry, 'pre-commit', participants) && chosen(ofTry, 'pre-abort', participants))
      return `majorities of try ${attempt} have adopted both`
  }
  return undefined
}

function adoptionsIn(marks: readonly Mark[]): readonly Adoption[] {
  return marks.flatMap((mark) => {
    const [word, attempt, ballot, choice, , place] = mark.split(' ')
    if (word !== 'adopted' || attempt === undefined || ballot === undefined || choice === undefined) return []
    return [{ attempt, ballot, choice, place: Number(place) }]
  })
}

/** Whether a majority of the voting set has adopted it at one ballot. */
function chosen(adopted: readonly Adoption[], choice: string, participants: number): boolean {
  const isEven = participants % 2 === 0
  const majority = Math.floor((participants + (isEven ? 1 : 0)) / 2) + 1
  const voting = adopted.filter((one) => one.choice === choice && (isEven || one.place !== 0))
  return voting.some(({ ballot }) => {
    const places = new Set(voting.filter((one) => one.ballot === ballot).map(({ place }) => place))
    return places.size >= majority
  })
}
