const ID_LENGTH_MAX = 255;

/**
 * What is wrong with an identifier that came from outside; undefined when it is fine.
 * @see mesos@1.11 src/common/validation.cpp `validateID`
 */
export function idFault(id: string): string | undefined {
  if (id === "") return "ID must not be empty";
  if (id.length > ID_LENGTH_MAX) {
    return `ID must not be greater than ${ID_LENGTH_MAX} characters`;
  }
  if (id === "." || id === "..") return `'${id}' is disallowed`;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f/\\]/.test(id)) return `'${id}' contains invalid characters`;
  return undefined;
}

/** `<masterId>-%04d` */
export function frameworkIdOf(masterId: string, n: number): string {
  return `${masterId}-${String(n).padStart(4, "0")}`;
}

/** `<masterId>-O<n>`; one counter with inverse offers. */
export function offerIdOf(masterId: string, n: number): string {
  return `${masterId}-O${n}`;
}

/** `<masterId>-S<n>` */
export function agentIdOf(masterId: string, n: number): string {
  return `${masterId}-S${n}`;
}
