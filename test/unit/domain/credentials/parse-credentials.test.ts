import { expect } from "chai";
import { parseCredentials } from "../../../../src/domain/credentials/parse-credentials.ts";

const KEY = `${"A".repeat(43)}=`;
const SCRAM = `SCRAM-SHA-256$4096:c2FsdA==$${KEY}:${KEY}`;
const SCRYPT = "$scrypt$ln=15,r=8,p=1$c2FsdA$aGFzaA";

const refusals: Record<string, readonly [text: string, message: RegExp]> = {
  "broken JSON, without quoting it": ['{"credentials": [secret', /^it is not JSON$/],
  "JSON without credentials": ["{}", /must be a list/],
  "a credential without principal": ['{"credentials":[{"secret":"x"}]}', /credentials\[0\]/],
  "an empty principal": [":secret", /line 1 has no principal/],
  "a principal that is there twice": ["a:1\na:2", /line 2: principal a is there twice/],
  "a line without secret": ["a:1\n\nhunter2", /^line 3 is not principal:secret$/],
  "a hash that takes too much memory": [
    "a:$scrypt$ln=30,r=8,p=1$c2FsdA$aGFzaA",
    /the hash of a cannot be read/,
  ],
  "SCRAM with few rounds": [`a:${SCRAM.replace("4096", "1000")}`, /the hash of a cannot be read/],
};

describe("parseCredentials (SEC-01)", () => {
  for (const [name, [text, message]] of Object.entries(refusals)) {
    it(`refuses ${name}`, () => {
      const parsed = parseCredentials(text);
      if (parsed.ok) throw new Error("expected a refusal");
      expect(parsed.message).to.match(message);
      expect(parsed.message).not.to.match(/hunter2|secret"|aGFzaA/);
    });
  }

  it("reads Mesos' form and lines alike, and secrets with colons", () => {
    const json = parseCredentials('{"credentials":[{"principal":"a","secret":"x:y"}]}');
    const lines = parseCredentials("a:x:y\r\n");
    expect(json).to.deep.equal(lines);
    expect(json.ok && [...json.credentials]).to.deep.equal([["a", { kind: "plain", text: "x:y" }]]);
  });

  it("knows hashed secrets", () => {
    const parsed = parseCredentials(`a:${SCRYPT}\nb:${SCRAM}`);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.credentials.get("a")).to.include({ kind: "scrypt", ln: 15, r: 8, p: 1 });
    expect(parsed.credentials.get("b")).to.include({ kind: "scram", iterations: 4096 });
  });
});
