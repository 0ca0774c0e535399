import { expect } from "chai";
import { compileJavaRegex } from "../../../../src/domain/marathon/constraints/java-regex.ts";

interface RegexCase {
  readonly regex: string;
  readonly matches?: readonly string[];
  readonly misses?: readonly string[];
}

const cases: Readonly<Record<string, RegexCase>> = {
  "matches the whole value": { regex: "r1", matches: ["r1"], misses: ["r10", "xr1"] },
  "anchors an alternation as a whole": { regex: "a|b", matches: ["a", "b"], misses: ["ax"] },
  "takes POSIX classes": { regex: "\\p{Alpha}+\\p{Digit}", matches: ["ab1"], misses: ["1", "é1"] },
  "takes POSIX classes inside brackets": {
    regex: "[\\p{Upper}_]+",
    matches: ["A_B"],
    misses: ["a"],
  },
  "negates a POSIX class": { regex: "\\P{Digit}+", matches: ["ab"], misses: ["a1"] },
  "quotes between \\Q and \\E": { regex: "\\Qa.b*\\E", matches: ["a.b*"], misses: ["axb"] },
  "quotes to the end without \\E": { regex: "\\Qa.b", matches: ["a.b"], misses: ["axb"] },
  "never gives back what a possessive quantifier took": { regex: "a++a", misses: ["aaa"] },
  "takes possessive quantifiers of groups": { regex: "(ab)*+c", matches: ["ababc", "c"] },
  "takes atomic groups": { regex: "(?>a|ab)c", matches: ["ac"], misses: ["abc"] },
  "reads escaped punctuation that JavaScript refuses": {
    regex: "a\\-b\\_c\\:",
    matches: ["a-b_c:"],
  },
  "reads a flag at the beginning": { regex: "(?i)AbC", matches: ["abc", "ABC"] },
  "takes a closing bracket as text": { regex: "a]b}", matches: ["a]b}"] },
  "takes Java's white space": { regex: "a\\sb", matches: ["a b", "a\tb"], misses: ["a\u00a0b"] },
  "takes \\z and \\A": { regex: "\\Aab\\z", matches: ["ab"] },
  "takes unicode escapes": { regex: "\\u0041\\x42", matches: ["AB"] },
  "takes lazy quantifiers and counts": { regex: "a{1,2}?b", matches: ["ab", "aab"], misses: ["b"] },
};

const refused = [
  "(",
  "a)",
  "[a",
  "*a",
  "a{",
  "[a[b]]",
  "[a-z&&[^b]]",
  "\\G",
  "\\R",
  "(a)(?>b)\\1",
  "\\p{Nonsense}",
  "(?<=",
];

describe("compileJavaRegex", () => {
  for (const [name, { regex, matches = [], misses = [] }] of Object.entries(cases)) {
    it(name, () => {
      const compiled = compileJavaRegex(regex);
      expect(compiled, regex).to.not.equal(undefined);
      for (const value of matches) expect(compiled!.test(value), value).to.equal(true);
      for (const value of misses) expect(compiled!.test(value), value).to.equal(false);
    });
  }

  for (const regex of refused) {
    it(`refuses ${regex}`, () => {
      expect(compileJavaRegex(regex)).to.equal(undefined);
    });
  }
});
