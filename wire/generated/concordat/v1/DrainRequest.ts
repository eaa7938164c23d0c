// Generated from proto/ by `npm run generate`: do not edit.
// Original file: proto/concordat/v1/operator.proto


export interface DrainRequest {
}

export interface DrainRequest__Output {
}
