import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openInClusterAccess } from "../../../src/adapters/kubernetes/in-cluster-access.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("openInClusterAccess", () => {
  let folder: string;
  let clock: VirtualClock;
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const open = () => openInClusterAccess({ clock, host: "10.96.0.1", port: "443", folder });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "service-account-"));
    clock = new VirtualClock();
    put("token", "token-1\n");
    put("ca.crt", "ca-1");
    put("namespace", "orchestrator");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads server, namespace, token and authority of the pod", async () => {
    const access = await open();
    expect(access).to.include({ server: "https://10.96.0.1:443", namespace: "orchestrator" });
    expect(access.credentials()).to.deep.equal({
      authorization: "Bearer token-1",
      tls: { ca: "ca-1" },
    });
  });

  it("reads the token again when it is older than a minute, without holding up the call", async () => {
    const access = await open();
    put("token", "token-2");
    await clock.advance(60_000);
    expect(access.credentials().authorization).to.equal("Bearer token-1");
    await clock.advance(1);
    expect(access.credentials().authorization, "the call takes what is there").to.equal(
      "Bearer token-1",
    );
    await access.refresh();
    expect(access.credentials().authorization).to.equal("Bearer token-2");
  });

  it("reads it at once when the server refused it", async () => {
    const access = await open();
    put("token", "token-2");
    await access.refresh();
    expect(access.credentials().authorization).to.equal("Bearer token-2");
  });

  it("reads the authority again only when its file changed", async () => {
    const access = await open();
    put("ca.crt", "ca-2");
    utimesSync(join(folder, "ca.crt"), 1, 1);
    await access.refresh();
    expect(access.credentials().tls.ca).to.equal("ca-2");
  });

  it("keeps the old credentials when the files cannot be read", async () => {
    const access = await open();
    rmSync(join(folder, "token"));
    await access.refresh().catch(() => undefined);
    expect(access.credentials().authorization).to.equal("Bearer token-1");
  });

  it("says what to do outside of a pod", async () => {
    rmSync(join(folder, "token"));
    const error = await open().catch((caught: unknown) => caught);
    expect(error).to.have.property("code", "CONFIG_INVALID");
    expect(error).to.have.property("hint").that.contains("--kubeconfig");
  });

  it("puts brackets around an IPv6 address", async () => {
    const access = await openInClusterAccess({ clock, host: "fd00::1", port: "443", folder });
    expect(access.server).to.equal("https://[fd00::1]:443");
  });
});
