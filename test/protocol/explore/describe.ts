// A move in words, for the story of a violation.

import type { Envelope, Move, Place } from './process.ts'

const nameOf = (place: Place): string => (place === 0 ? 'coordinator' : `participant ${place}`)

export function describeMove(place: Place, move: Move): string {
  const who = nameOf(place)
  switch (move.move) {
    case 'deliver':
      return `${who} gets ${describeBody(move.envelope)} of ${nameOf(move.envelope.from)}${move.isLate ? ', late' : ''}`
    case 'timer':
      return `${who}: timer ${move.timer}${move.isLate ? ', late' : ''}`
    case 'crash':
      return `${who} crashes and starts again; of what was not forced, ${move.keeps} steps survive`
    default:
      return `${who}: ${move.move}`
  }
}

function describeBody({ body, incarnation }: Envelope): string {
  const since = ` (${incarnation})`
  switch (body.type) {
    case 'vote':
      return `vote ${body.vote.vote}${since}`
    case 'decision-answer':
      return `'${body.answer.answer}' to ${body.decision}${since}`
    case 'status-answer':
      return `'knows ${body.knowledge.knows}'${since}`
    case 'ballot-answer':
      return `'${body.answer.answer}' to ${body.to} ${body.ballot.number}${since}`
    case 'collect':
    case 'pre-commit':
    case 'pre-abort':
      return `${body.type} ${body.ballot.number}${since}`
    case 'inquiry-answer':
      return `inquiry answer '${body.answer}'${since}`
    default:
      return `${body.type}${since}`
  }
}
