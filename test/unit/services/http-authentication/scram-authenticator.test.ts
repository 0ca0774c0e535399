import { expect } from "chai";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import {
  type Credentials,
  parseCredentials,
} from "../../../../src/domain/credentials/parse-credentials.ts";
import { parseParameters } from "../../../../src/domain/credentials/scram-messages.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { Verdict } from "../../../../src/runtime/ports/authenticator.ts";
import { FailureLimit } from "../../../../src/services/http-authentication/failure-limit.ts";
import { ScramAuthenticator } from "../../../../src/services/http-authentication/scram-authenticator.ts";
import { scramKeys } from "../../../../src/services/http-authentication/secret-check.ts";
import { makeRequest } from "../../../support/http-request.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const REALM = "mesos-master-scheduler";
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const text = (data: string | undefined): string =>
  Buffer.from(data ?? "", "base64").toString("utf8");

function credentialsOf(lines: string): Credentials {
  const parsed = parseCredentials(lines);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.credentials;
}

describe("ScramAuthenticator (SEC-01)", () => {
  let clock: VirtualClock;
  let credentials: Credentials;
  let method: ScramAuthenticator;
  const open = (random: Random = new SeededRandom(1)): void => {
    method = new ScramAuthenticator(() => credentials, new FailureLimit(clock), { clock, random });
  };
  const send = async (parameters: string): Promise<Verdict> =>
    method.verify(makeRequest({ Authorization: `SCRAM-SHA-256 ${parameters}` }), REALM);
  const begin = async (
    message: string,
  ): Promise<{ readonly sid: string; readonly serverFirst: string }> => {
    const verdict = await send(`realm="${REALM}", data=${base64(message)}`);
    if (verdict.kind !== "challenged") throw new Error(verdict.kind);
    const { sid = "", data } = parseParameters(verdict.challenge, "SCRAM-SHA-256") ?? {};
    return { sid, serverFirst: text(data) };
  };
  /** What a client of its own answers. */
  const prove = (secret: string, bare: string, serverFirst: string): string => {
    const [nonce = "", salt = "", rounds = ""] = serverFirst.split(",").map((it) => it.slice(2));
    const salted = pbkdf2Sync(secret, Buffer.from(salt, "base64"), Number(rounds), 32, "sha256");
    const clientKey = createHmac("sha256", salted).update("Client Key").digest();
    const storedKey = createHash("sha256").update(clientKey).digest();
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = `${bare},${serverFirst},${withoutProof}`;
    const signature = createHmac("sha256", storedKey).update(signed).digest();
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ signature[i]!));
    return `${withoutProof},p=${proof.toString("base64")}`;
  };

  beforeEach(() => {
    clock = new VirtualClock();
    credentials = credentialsOf("ops:secret");
    open();
  });

  it("gives the exchange of RFC 7677 section 3, byte for byte", async () => {
    const salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const keys = await scramKeys("pencil", Buffer.from(salt, "base64"), 4096);
    const pair = [keys.storedKey, keys.serverKey].map((key) => key.toString("base64")).join(":");
    credentials = credentialsOf(`user:SCRAM-SHA-256$4096:${salt}$${pair}`);
    const uuids = ["decoy", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"];
    open({ next: () => 0, uuid: () => uuids.shift() ?? "" });
    const { sid, serverFirst } = await begin("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    expect(serverFirst).to.equal(
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    );
    const final =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    expect(await send(`sid=${sid}, data=${base64(final)}`)).to.deep.equal({
      kind: "known",
      principal: { value: "user", claims: {}, groups: [] },
      headers: {
        "Authentication-Info": `sid=${sid},data=${base64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}`,
      },
    });
  });

  it("knows who proves a secret that is kept as text, and nobody else", async () => {
    for (const [secret, kind] of [
      ["secret", "known"],
      ["guess", "refused"],
    ] as const) {
      const { sid, serverFirst } = await begin("n,,n=ops,r=abc");
      const final = prove(secret, "n=ops,r=abc", serverFirst);
      expect((await send(`sid=${sid}, data=${base64(final)}`)).kind).to.equal(kind);
    }
  });

  it("takes every proof once", async () => {
    const { sid, serverFirst } = await begin("n,,n=ops,r=abc");
    const final = base64(prove("secret", "n=ops,r=abc", serverFirst));
    expect((await send(`sid=${sid}, data=${final}`)).kind).to.equal("known");
    expect((await send(`sid=${sid}, data=${final}`)).kind).to.equal("refused");
  });

  it("waits a minute for the proof", async () => {
    const { sid, serverFirst } = await begin("n,,n=ops,r=abc");
    await clock.advance(60_001);
    const final = base64(prove("secret", "n=ops,r=abc", serverFirst));
    expect((await send(`sid=${sid}, data=${final}`)).kind).to.equal("refused");
  });

  it("cannot be pushed out of an exchange by others who begin one and leave", async () => {
    const { sid, serverFirst } = await begin("n,,n=ops,r=abc");
    for (let i = 0; i < 1_100; i += 1) await begin(`n,,n=ops,r=${i}`);
    const final = base64(prove("secret", "n=ops,r=abc", serverFirst));
    expect((await send(`sid=${sid}, data=${final}`)).kind).to.equal("known");
  });

  it("takes no exchange that it did not begin", async () => {
    const { sid, serverFirst } = await begin("n,,n=ops,r=abc");
    const final = base64(prove("secret", "n=ops,r=abc", serverFirst));
    const [state = "", seal = ""] = sid.split(".");
    const other = Buffer.from(text(state).replace("ops", "root")).toString("base64url");
    for (const forged of [`${other}.${seal}`, state, "", `${state}.`]) {
      expect((await send(`sid="${forged}", data=${final}`)).kind, forged).to.equal("refused");
      await clock.advance(10_000);
    }
  });

  it("shows the salt of a name also when the credentials are read again", async () => {
    const saltNow = async (name: string): Promise<string> =>
      (await begin(`n,,n=${name},r=abc`)).serverFirst.split(",")[1] ?? "";
    const names = ["ops", "nobody"];
    const before = [await saltNow("ops"), await saltNow("nobody")];
    credentials = credentialsOf("ops:secret");
    expect(await Promise.all(names.map(saltNow))).to.deep.equal(before);
  });

  it("does not tell a name that exists from one that does not", async () => {
    const first = await begin("n,,n=nobody,r=abc");
    const again = await begin("n,,n=nobody,r=abc");
    const saltOf = (message: string): string => message.split(",")[1] ?? "";
    expect(first.serverFirst).to.match(/^r=abc[-0-9a-f]+,s=[A-Za-z0-9+/]{22}==,i=4096$/);
    expect(saltOf(again.serverFirst)).to.equal(saltOf(first.serverFirst));
    const final = base64(prove("secret", "n=nobody,r=abc", first.serverFirst));
    expect((await send(`sid=${first.sid}, data=${final}`)).kind).to.equal("refused");
  });

  it("refuses what it cannot read: another realm, channel binding, no message", async () => {
    const first = base64("n,,n=ops,r=abc");
    for (const parameters of [
      `realm="other", data=${first}`,
      `realm="${REALM}", data=${base64("p=tls-exporter,,n=ops,r=abc")}`,
      `realm="${REALM}"`,
    ]) {
      expect((await send(parameters)).kind, parameters).to.equal("refused");
    }
  });

  it("cannot serve a secret that is kept as a scrypt hash", async () => {
    credentials = credentialsOf("ops:$scrypt$ln=4,r=8,p=1$c2FsdA$aGFzaA");
    const { sid, serverFirst } = await begin("n,,n=ops,r=abc");
    const final = base64(prove("secret", "n=ops,r=abc", serverFirst));
    expect((await send(`sid=${sid}, data=${final}`)).kind).to.equal("refused");
  });
});
