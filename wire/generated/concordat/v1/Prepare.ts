// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { Sequence as _concordat_v1_Sequence, Sequence__Output as _concordat_v1_Sequence__Output } from '../../concordat/v1/Sequence.ts';
import type { Protocol as _concordat_v1_Protocol, Protocol__Output as _concordat_v1_Protocol__Output } from '../../concordat/v1/Protocol.ts';
import type { Member as _concordat_v1_Member, Member__Output as _concordat_v1_Member__Output } from '../../concordat/v1/Member.ts';
import type { Ballot as _concordat_v1_Ballot, Ballot__Output as _concordat_v1_Ballot__Output } from '../../concordat/v1/Ballot.ts';
import type { Long } from '@grpc/proto-loader';

export interface Prepare {
  'transactionId'?: (Buffer | Uint8Array | string);
  'branch'?: (number);
  'sequence'?: (_concordat_v1_Sequence | null);
  'protocol'?: (_concordat_v1_Protocol);
  'operation'?: (string);
  'input'?: (Buffer | Uint8Array | string);
  'expectedStorageId'?: (Buffer | Uint8Array | string);
  'startedAtMs'?: (number | string | Long);
  'voteWithinMs'?: (number);
  'onePhase'?: (boolean);
  'members'?: (_concordat_v1_Member)[];
  'traceParent'?: (string);
  'attempt'?: (number);
  'ballot'?: (_concordat_v1_Ballot | null);
  'abandonWithinMs'?: (number);
  'sagaTry'?: (number);
  'sagaRetriable'?: (boolean);
}

export interface Prepare__Output {
  'transactionId': (Buffer);
  'branch': (number);
  'sequence': (_concordat_v1_Sequence__Output | null);
  'protocol': (_concordat_v1_Protocol__Output);
  'operation': (string);
  'input': (Buffer);
  'expectedStorageId': (Buffer);
  'startedAtMs': (number);
  'voteWithinMs': (number);
  'onePhase': (boolean);
  'members': (_concordat_v1_Member__Output)[];
  'traceParent': (string);
  'attempt': (number);
  'ballot': (_concordat_v1_Ballot__Output | null);
  'abandonWithinMs': (number);
  'sagaTry': (number);
  'sagaRetriable': (boolean);
}
