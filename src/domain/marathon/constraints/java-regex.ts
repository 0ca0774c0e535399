const POSIX: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: "\\x00-\\x7F",
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Punct: "!-\\/:-@\\[-`\\{-~",
  Graph: "!-~",
  Print: " -~",
  Blank: " \\t",
  Cntrl: "\\x00-\\x1F\\x7F",
  XDigit: "0-9a-fA-F",
  Space: " \\t\\n\\x0B\\f\\r",
};
const SPACE = " \\t\\n\\x0B\\f\\r";
const HORIZONTAL = " \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000";
const SAME_ESCAPES = /^[dDwWbBtnrf1-9]$/;
const SYNTAX = /^[\^$\\.*+?()[\]{}|/]$/;

/** A step of the translation: how much Java text it used and what JavaScript text it gives. */
interface Piece {
  readonly used: number;
  readonly text: string;
}

const piece = (used: number, text: string): Piece => ({ used, text });
const quote = (text: string): string => text.replace(/[\^$\\.*+?()[\]{}|/]/g, "\\$&");
/** A class of its own outside brackets, its members inside. */
const members = (set: string, negated: boolean, inClass: boolean): string | undefined => {
  if (!inClass) return `[${negated ? "^" : ""}${set}]`;
  return negated ? undefined : set;
};

function property(java: string, at: number, inClass: boolean): Piece | undefined {
  const match = /^\\([pP])(?:\{(\w+)\}|([A-Z]))/.exec(java.slice(at));
  if (!match) return undefined;
  const name = match[2] ?? match[3]!;
  const posix = POSIX[name];
  if (posix !== undefined) {
    const text = members(posix, match[1] === "P", inClass);
    return text === undefined ? undefined : piece(match[0].length, text);
  }
  return piece(match[0].length, `\\${match[1]!}{${name.replace(/^Is/, "")}}`);
}

const CONTROL: Readonly<Record<string, string>> = {
  a: "\\x07",
  e: "\\x1B",
  A: "^",
  z: "$",
  Z: "$",
};

function escape(java: string, at: number, inClass: boolean): Piece | undefined {
  const next = java[at + 1];
  if (next === undefined) return undefined;
  if (next === "p" || next === "P") return property(java, at, inClass);
  if (next === "Q") {
    const end = java.indexOf("\\E", at + 2);
    const literal = java.slice(at + 2, end < 0 ? java.length : end);
    return piece(literal.length + (end < 0 ? 2 : 4), quote(literal).replaceAll("-", "\\x2d"));
  }
  const hex = /^\\x(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))|^\\u([0-9a-fA-F]{4})/.exec(
    java.slice(at),
  );
  if (hex) return piece(hex[0].length, `\\u{${hex[1] ?? hex[2] ?? hex[3]!}}`);
  if (next === "k") {
    const name = /^\\k<\w+>/.exec(java.slice(at));
    return name ? piece(name[0].length, name[0]) : undefined;
  }
  const set = { s: SPACE, S: SPACE, h: HORIZONTAL, H: HORIZONTAL }[next];
  if (set !== undefined) {
    const text = members(set, next === "S" || next === "H", inClass);
    return text === undefined ? undefined : piece(2, text);
  }
  if (CONTROL[next] !== undefined) return piece(2, CONTROL[next]);
  if (SAME_ESCAPES.test(next)) return piece(2, `\\${next}`);
  if (/[a-zA-Z0-9]/.test(next)) return undefined;
  return piece(2, next === "-" && inClass ? "\\-" : SYNTAX.test(next) ? `\\${next}` : next);
}

/** A bracket class; unions (`[a[b]]`) and intersections (`&&`) have no same-meaning form and are refused. */
function bracketClass(java: string, at: number): Piece | undefined {
  let text = "[";
  let i = at + 1;
  if (java[i] === "^") {
    text += "^";
    i += 1;
  }
  for (let first = true; i < java.length; first = false) {
    const character = java[i]!;
    if (character === "]" && !first) return piece(i + 1 - at, `${text}]`);
    if (character === "[" || java.startsWith("&&", i)) return undefined;
    const step =
      character === "\\" ? escape(java, i, true) : piece(1, character === "]" ? "\\]" : character);
    if (!step) return undefined;
    text += step.text;
    i += step.used;
  }
  return undefined;
}

/** Collects JavaScript text and remembers where the last atom and the open groups begin, for possessive quantifiers. */
class Translation {
  text = "";
  atomStart = -1;
  atomic = 0;
  readonly groups: { readonly start: number; readonly atomic: string | undefined }[] = [];

  atom(text: string): void {
    this.atomStart = this.text.length;
    this.text += text;
  }

  /** `X` that never gives back what it matched: a capture in a look-ahead, then a reference to it. */
  wrapAtomic(start: number): void {
    const name = `atomic${(this.atomic += 1)}`;
    this.text = `${this.text.slice(0, start)}(?:(?=(?<${name}>${this.text.slice(start)}))\\k<${name}>)`;
    this.atomStart = start;
  }

  open(prefix: string, isAtomic: boolean): void {
    this.groups.push({ start: this.text.length, atomic: isAtomic ? "yes" : undefined });
    this.text += prefix;
  }

  close(): boolean {
    const group = this.groups.pop();
    if (!group) return false;
    this.text += ")";
    this.atomStart = group.start;
    if (group.atomic !== undefined) this.wrapAtomic(group.start);
    return true;
  }
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})([+?]?)/;
const GROUP = /^\((?:\?(?::|=|!|<=|<!|>|<[a-zA-Z]\w*>|[imsu]+(?:-[ims]+)?:))?/;

function step(java: string, at: number, out: Translation): number | undefined {
  const character = java[at]!;
  if (character === "\\") {
    const escaped = escape(java, at, false);
    if (escaped) out.atom(escaped.text);
    return escaped?.used;
  }
  if (character === "[") {
    const set = bracketClass(java, at);
    if (set) out.atom(set.text);
    return set?.used;
  }
  if (character === "(") {
    const head = GROUP.exec(java.slice(at))![0];
    if (head === "(" && java[at + 1] === "?") return undefined;
    out.open(head === "(?>" ? "(?:" : head, head === "(?>");
    return head.length;
  }
  if (character === ")") return out.close() ? 1 : undefined;
  const quantifier = QUANTIFIER.exec(java.slice(at));
  if (quantifier) {
    if (out.atomStart < 0) return undefined;
    const possessive = quantifier[1] === "+";
    const start = out.atomStart;
    out.text += possessive ? quantifier[0].slice(0, -1) : quantifier[0];
    if (possessive) out.wrapAtomic(start);
    return quantifier[0].length;
  }
  if (character === "]" || character === "}") out.atom(`\\${character}`);
  else if (character === "|") {
    out.text += "|";
    out.atomStart = -1;
  } else out.atom(character);
  return 1;
}

function translate(java: string): string | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(java);
  const out = new Translation();
  for (let at = flags ? flags[0].length : 0; at < java.length;) {
    const used = step(java, at, out);
    if (used === undefined) return undefined;
    at += used;
  }
  if (out.groups.length > 0) return undefined;
  if (out.atomic > 0 && /\\[1-9]/.test(out.text)) return undefined;
  return flags ? `(?${flags[1]!}:${out.text})` : out.text;
}

/**
 * The Java regular expression as a JavaScript one that matches whole values, or `undefined` when it is invalid or has no
 * form of the same meaning (class unions and intersections, `\G`, `\R`, numbered references beside atomic groups).
 * Deviation: matching runs in the caller's thread; callers bound the length of values.
 */
export function compileJavaRegex(java: string): RegExp | undefined {
  const text = translate(java);
  if (text === undefined) return undefined;
  try {
    return new RegExp(`^(?:${text})$`, "u");
  } catch {
    return undefined;
  }
}
