/** One entry of an error answer: all errors of one path, the path as `/container/volumes(0)`, `/` for the object. */
export interface ErrorDetail {
  readonly path: string;
  readonly errors: readonly string[];
}

/** Body of every error answer of the Marathon API; clients parse it. */
export interface ErrorBody {
  readonly message: string;
  readonly details?: string | readonly ErrorDetail[];
  readonly deployments?: readonly { readonly id: string }[];
}
