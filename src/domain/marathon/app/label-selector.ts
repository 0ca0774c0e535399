type Requirement =
  | { readonly kind: "exists"; readonly key: string }
  | { readonly kind: "in" | "notin"; readonly key: string; readonly values: readonly string[] };

export type SelectorResult =
  | { readonly kind: "ok"; readonly matches: (labels: Readonly<Record<string, string>>) => boolean }
  | { readonly kind: "refused"; readonly message: string };

const WORD = /^(?:[A-Za-z0-9._-]|\\.)+/s;

/** Reads a selector from left to right; `undefined` of its readers means "not here". */
class SelectorReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  token(pattern: RegExp): string | undefined {
    this.at += /^\s*/.exec(this.rest)![0].length;
    const found = pattern.exec(this.rest)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  word(): string | undefined {
    return this.token(WORD)?.replace(/\\(.)/gs, "$1");
  }

  set(): readonly string[] | undefined {
    if (this.token(/^\(/) === undefined) return undefined;
    const values: string[] = [];
    do {
      const value = this.word();
      if (value === undefined) return undefined;
      values.push(value);
    } while (this.token(/^,/) !== undefined);
    return this.token(/^\)/) === undefined ? undefined : values;
  }

  requirement(): Requirement | undefined {
    const key = this.word();
    if (key === undefined) return undefined;
    const operator = this.token(/^(?:==|!=|in\b|notin\b)/);
    if (operator === undefined) return { kind: "exists", key };
    const kind = operator === "==" || operator === "in" ? "in" : "notin";
    if (operator === "in" || operator === "notin") {
      const values = this.set();
      return values && { kind, key, values };
    }
    const value = this.word();
    return value === undefined ? undefined : { kind, key, values: [value] };
  }
}

function holds(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[requirement.key];
  if (value === undefined) return false;
  if (requirement.kind === "exists") return true;
  return requirement.values.includes(value) === (requirement.kind === "in");
}

/**
 * Marathon's label selector: `key`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, comma = AND; other characters than
 * `A-Za-z0-9._-` after a backslash. Unlike in Kubernetes, `!=` and `notin` demand that the key exists.
 */
export function parseLabelSelector(text: string): SelectorResult {
  const refuse = (reason: string): SelectorResult => ({
    kind: "refused",
    message: `Can not parse label selector ${text}. Reason: ${reason}`,
  });
  const reader = new SelectorReader(text);
  const requirements: Requirement[] = [];
  do {
    const requirement = reader.requirement();
    if (!requirement) return refuse(`requirement expected before '${reader.rest}'`);
    requirements.push(requirement);
  } while (reader.token(/^,/) !== undefined);
  if (reader.rest.trim() !== "") return refuse(`end of input expected before '${reader.rest}'`);
  return {
    kind: "ok",
    matches: (labels) => requirements.every((requirement) => holds(requirement, labels)),
  };
}
