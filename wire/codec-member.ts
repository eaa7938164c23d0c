// Members on the wire: who takes part, and in three-phase who votes.

import type { Member } from '../protocol/index.ts'
import {
  readBoot,
  readBranchNumber,
  readName,
  readParticipantName,
  readStorageId,
  storageIdBytes,
} from './codec-ids.ts'
import { malformed } from './decoded.ts'
import type { Member as WireMember } from './generated/concordat/v1/Member.ts'

type WireMembers = readonly WireMember[] | null | undefined

const membersMax = 128

/** The list that was written last: every Prepare of a transaction has it, and most transactions have the same one. */
let last: { readonly members: readonly Member[]; readonly wire: WireMember[] } = { members: [], wire: [] }

export function writeMembers(members: readonly Member[]): WireMember[] {
  if (!isSame(members, last.members)) last = { members, wire: members.map(writeMember) }
  return last.wire
}

function isSame(some: readonly Member[], others: readonly Member[]): boolean {
  if (some === others) return true
  if (some.length !== others.length) return false
  return some.every((one, index) => {
    const other = others[index] as Member
    return (
      one.storageId === other.storageId &&
      one.boot === other.boot &&
      one.participant === other.participant &&
      one.address === other.address &&
      one.branches.length === other.branches.length &&
      one.branches.every((branch, at) => branch === other.branches[at])
    )
  })
}

const writeMember = (member: Member): WireMember => ({
  participant: member.participant,
  address: member.address,
  storageId: storageIdBytes(member.storageId),
  boot: member.boot,
  branches: [...member.branches],
})

const readMember = (wire: WireMember, path: string): Member => ({
  participant: readParticipantName(wire.participant, `${path}.participant`),
  address: readName(wire.address, `${path}.address`),
  storageId: readStorageId(wire.storageId, `${path}.storageId`),
  boot: readBoot(wire.boot),
  branches: (wire.branches ?? []).map((branch, index) => readBranchNumber(branch, `${path}.branches.${index}`)),
})

const noMembers: readonly Member[] = Object.freeze([])

/** Lists that were read before, the newest first. Equal members are decoded as one object, so a list is known by them. */
let recent: readonly { readonly wire: readonly WireMember[]; readonly members: readonly Member[] }[] = []
const recentMax = 16

/** Equal lists come out as one, as a rule, so that whoever keeps them can tell at a glance. */
export function readMembers(wire: WireMembers, path: string): readonly Member[] {
  if (wire === null || wire === undefined || wire.length === 0) return noMembers
  const known = recent.find((one) => isSameList(one.wire, wire))
  if (known !== undefined) return known.members
  if (wire.length > membersMax) malformed('REQUEST_INVALID', path, `has more than ${membersMax}`)
  const members = Object.freeze(wire.map((member, index) => readMember(member, `${path}.${index}`)))
  if (wire.every((member) => Object.isFrozen(member))) recent = [{ wire, members }, ...recent.slice(0, recentMax - 1)]
  return members
}

function isSameList(a: readonly WireMember[], b: readonly WireMember[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}

/**
 * Members that count for a majority. One that stands twice in the list would count twice, one without branches would count
 * without being asked, and without any the coordinator alone would be a majority.
 */
export function readVotingSet(wire: WireMembers, path: string): readonly Member[] {
  const members = readMembers(wire, path)
  if (members.length === 0) malformed('REQUEST_INVALID', path, 'is empty')
  const storageIds = new Set<string>()
  const branches = new Set<number>()
  for (const [index, member] of members.entries()) {
    const at = `${path}.${index}`
    if (storageIds.has(member.storageId)) malformed('REQUEST_INVALID', `${at}.storageId`, 'stands twice in the list')
    storageIds.add(member.storageId)
    if (member.branches.length === 0) malformed('BRANCH_INVALID', `${at}.branches`, 'is empty')
    for (const [place, branch] of member.branches.entries()) {
      if (branches.has(branch))
        malformed('BRANCH_INVALID', `${at}.branches.${place}`, `${branch} stands twice in the list`)
      branches.add(branch)
    }
  }
  return members
}
