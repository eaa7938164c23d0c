// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/participant.proto

import type { Prepare as _concordat_v1_Prepare, Prepare__Output as _concordat_v1_Prepare__Output } from '../../concordat/v1/Prepare.ts';
import type { Commit as _concordat_v1_Commit, Commit__Output as _concordat_v1_Commit__Output } from '../../concordat/v1/Commit.ts';
import type { Abort as _concordat_v1_Abort, Abort__Output as _concordat_v1_Abort__Output } from '../../concordat/v1/Abort.ts';
import type { Status as _concordat_v1_Status, Status__Output as _concordat_v1_Status__Output } from '../../concordat/v1/Status.ts';
import type { Collect as _concordat_v1_Collect, Collect__Output as _concordat_v1_Collect__Output } from '../../concordat/v1/Collect.ts';
import type { Propose as _concordat_v1_Propose, Propose__Output as _concordat_v1_Propose__Output } from '../../concordat/v1/Propose.ts';

export interface ToParticipant {
  'prepare'?: (_concordat_v1_Prepare | null);
  'commit'?: (_concordat_v1_Commit | null);
  'abort'?: (_concordat_v1_Abort | null);
  'status'?: (_concordat_v1_Status | null);
  'collect'?: (_concordat_v1_Collect | null);
  'preCommit'?: (_concordat_v1_Propose | null);
  'preAbort'?: (_concordat_v1_Propose | null);
  'message'?: "prepare"|"commit"|"abort"|"status"|"collect"|"preCommit"|"preAbort";
}

export interface ToParticipant__Output {
  'prepare'?: (_concordat_v1_Prepare__Output | null);
  'commit'?: (_concordat_v1_Commit__Output | null);
  'abort'?: (_concordat_v1_Abort__Output | null);
  'status'?: (_concordat_v1_Status__Output | null);
  'collect'?: (_concordat_v1_Collect__Output | null);
  'preCommit'?: (_concordat_v1_Propose__Output | null);
  'preAbort'?: (_concordat_v1_Propose__Output | null);
  'message'?: "prepare"|"commit"|"abort"|"status"|"collect"|"preCommit"|"preAbort";
}
