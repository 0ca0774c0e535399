/** A failure a person can act on: the message says what went wrong, the hint what to do next. */
export class ClusterError extends Error {
  readonly hint: string;

  constructor(message: string, hint = "", options?: ErrorOptions) {
    super(hint === "" ? message : `${message}\n  ${hint}`, options);
    this.name = "ClusterError";
    this.hint = hint;
  }
}
