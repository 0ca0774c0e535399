declare const brand: unique symbol;

/** A string that the compiler does not let be swapped for another kind of identifier. */
export type Brand<Name extends string> = string & { readonly [brand]: Name };

export type FrameworkId = Brand<"FrameworkId">;
export type AgentId = Brand<"AgentId">;
export type OfferId = Brand<"OfferId">;
export type TaskId = Brand<"TaskId">;
export type ExecutorId = Brand<"ExecutorId">;
export type ContainerId = Brand<"ContainerId">;
export type MasterId = Brand<"MasterId">;
/** UID of a Kubernetes object. */
export type KubeUid = Brand<"KubeUid">;

/** The text as an identifier of kind `T`; the caller vouches that it has been validated or made by us. */
// The caller names the kind; that it stands once is the point.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function asId<T extends Brand<string>>(text: string): T {
  return text as T;
}
