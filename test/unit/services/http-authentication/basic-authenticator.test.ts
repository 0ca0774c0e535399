import { expect } from "chai";
import { scryptSync } from "node:crypto";
import {
  type Credentials,
  parseCredentials,
} from "../../../../src/domain/credentials/parse-credentials.ts";
import { BasicAuthenticator } from "../../../../src/services/http-authentication/basic-authenticator.ts";
import { FailureLimit } from "../../../../src/services/http-authentication/failure-limit.ts";
import { scramKeys } from "../../../../src/services/http-authentication/secret-check.ts";
import { basic, makeRequest } from "../../../support/http-request.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

function credentialsOf(lines: string): Credentials {
  const parsed = parseCredentials(lines);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.credentials;
}

/** Of the principal `a`. */
function hashed(secret: string): Credentials {
  const hash = scryptSync(secret, "salt", 32, { N: 16, r: 8, p: 1 }).toString("base64");
  return credentialsOf(`a:$scrypt$ln=4,r=8,p=1$${Buffer.from("salt").toString("base64")}$${hash}`);
}

describe("BasicAuthenticator (SEC-01)", () => {
  let clock: VirtualClock;
  let credentials: Credentials;
  let method: BasicAuthenticator;
  const ask = async (name: string, secret: string, from = "10.0.0.9"): Promise<string> => {
    const verdict = await method.verify(makeRequest(basic(name, secret), { remoteAddress: from }));
    return verdict.kind;
  };

  beforeEach(() => {
    clock = new VirtualClock();
    credentials = credentialsOf("ops:secret");
    method = new BasicAuthenticator(() => credentials, new FailureLimit(clock), clock);
  });

  it("knows a principal by its secret", () => {
    expect(method.verify(makeRequest(basic("ops")))).to.deep.equal({
      kind: "known",
      principal: { value: "ops", claims: {}, groups: [] },
    });
  });

  it("refuses another secret, another name, and what it cannot read", async () => {
    expect(await ask("ops", "Secret")).to.equal("refused");
    expect(await ask("dev", "secret")).to.equal("refused");
    expect(method.verify(makeRequest({ Authorization: "Basic !" }))).to.include({
      kind: "refused",
    });
  });

  it("takes an empty name and secret for no credentials, and leaves other methods alone", async () => {
    expect(await ask("", "")).to.equal("absent");
    expect(method.verify(makeRequest())).to.include({ kind: "absent" });
    expect(method.verify(makeRequest({ Authorization: "Bearer x" }))).to.include({
      kind: "absent",
    });
  });

  it("lets an address fail five times a minute, then not even try; others are not held up", async () => {
    for (let i = 0; i < 5; i += 1) expect(await ask("ops", "no")).to.equal("refused");
    expect(method.verify(makeRequest(basic("ops")))).to.deep.equal({
      kind: "throttled",
      retryAfterMs: 12_000,
    });
    expect(await ask("ops", "secret", "10.0.0.10")).to.equal("known");
    await clock.advance(12_001);
    expect(await ask("ops", "secret")).to.equal("known");
  });

  it("checks secrets that are kept hashed", async () => {
    const salt = Buffer.from("salt");
    const hash = scryptSync("secret", salt, 32, { N: 16, r: 8, p: 1 });
    const keys = await scramKeys("secret", salt, 4096);
    const pair = [keys.storedKey, keys.serverKey].map((key) => key.toString("base64")).join(":");
    credentials = credentialsOf(
      `a:$scrypt$ln=4,r=8,p=1$${salt.toString("base64")}$${hash.toString("base64")}\n` +
        `b:SCRAM-SHA-256$4096:${salt.toString("base64")}$${pair}`,
    );
    for (const name of ["a", "b"]) {
      expect(await ask(name, "secret"), name).to.equal("known");
      expect(await ask(name, "no"), name).to.equal("refused");
      // Remembered: answered at once.
      expect(method.verify(makeRequest(basic(name))), name).to.have.property("kind", "known");
    }
    expect(await ask("nobody", "secret")).to.equal("refused");
  });

  it("lets an address try no more at once than it may fail, however long a check takes (SEC-01)", async () => {
    credentials = hashed("secret");
    const guesses = Array.from({ length: 20 }, async (_, i) => ask("a", `guess ${i}`));
    const verdicts = await Promise.all(guesses);
    expect(verdicts.filter((kind) => kind === "refused")).to.have.length(5);
    expect(verdicts.filter((kind) => kind === "throttled")).to.have.length(15);
  });

  it("lets a client with the right secret ask as often at once as it likes", async () => {
    credentials = hashed("secret");
    const verdicts = await Promise.all(Array.from({ length: 20 }, async () => ask("a", "secret")));
    expect(new Set(verdicts)).to.deep.equal(new Set(["known"]));
    for (let i = 0; i < 5; i += 1) expect(await ask("a", "no")).to.equal("refused");
    expect(await ask("a", "no")).to.equal("throttled");
  });

  it("forgets what was right when the credentials change", async () => {
    credentials = hashed("secret");
    expect(await ask("a", "secret")).to.equal("known");
    credentials = hashed("other");
    expect(await ask("a", "secret")).to.equal("refused");
    expect(await ask("a", "other")).to.equal("known");
  });
});
