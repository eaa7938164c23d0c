// The part of the Standard Schema interface (standardschema.dev) that the SDK uses, so that a service may bring any
// schema library and the SDK none.

export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** `lines.0.quantity`; empty when the whole value is wrong. */
export function issuePath(issue: SchemaIssue): string {
  const parts = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))
  return parts.map(String).join('.')
}
