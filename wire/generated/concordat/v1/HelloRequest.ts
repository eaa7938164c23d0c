// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/coordinator.proto


export interface HelloRequest {
}

export interface HelloRequest__Output {
}
