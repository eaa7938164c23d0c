// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/types.proto

import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from '../../concordat/v1/Sequence.ts';
import type { Ballot as _concordat_v1_Ballot, Ballot__Output as _concordat_v1_Ballot__Output } from '../../concordat/v1/Ballot.ts';
import type { Member as _concordat_v1_Member, Member__Output as _concordat_v1_Member__Output } from '../../concordat/v1/Member.ts';

export interface Collect {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'sequence'?: (_concordat_v1_Sequence | null);
  'ballot'?: (_concordat_v1_Ballot | null);
  'members'?: (_concordat_v1_Member)[];
}

export interface Collect__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'sequence': (_concordat_v1_Sequence__Output | null);
  'ballot': (_concordat_v1_Ballot__Output | null);
  'members': (_concordat_v1_Member__Output)[];
}
