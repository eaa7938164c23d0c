// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { ClientRequest as _concordat_v1_ClientRequest, ClientRequest__Output as _concordat_v1_ClientRequest__Output } from '../../concordat/v1/ClientRequest.ts';

export interface ClientFrame {
  'requests'?: (_concordat_v1_ClientRequest)[];
}

export interface ClientFrame__Output {
  'requests': (_concordat_v1_ClientRequest__Output)[];
}
