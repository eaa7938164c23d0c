// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto

import type { ClientResponse as _concordat_v1_ClientResponse, ClientResponse__Output as _concordat_v1_ClientResponse__Output } from '../../concordat/v1/ClientResponse.ts';

export interface CoordinatorClientFrame {
  'responses'?: (_concordat_v1_ClientResponse)[];
}

export interface CoordinatorClientFrame__Output {
  'responses': (_concordat_v1_ClientResponse__Output)[];
}
