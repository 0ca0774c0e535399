import { env } from "node:process";
import { expect } from "chai";
import { endOfLog, readWrites } from "../../support/product/audit-log.ts";
import { NAMESPACE } from "../../support/product/product.ts";
import { theProduct } from "../../support/product/use-product.ts";

/** How long nothing may be written; 300 for a figure to publish. */
const QUIET_SECONDS = Number(env["ORCHESTRATOR_QUIET_SECONDS"] ?? 60);
/** Without a write for this long, what went before has settled: a write after that is one too many. */
const SETTLED_SECONDS = 12;

const isOurs = (username: string): boolean =>
  username.startsWith(`system:serviceaccount:${NAMESPACE}:`);

describe("the product when nothing happens", function () {
  this.timeout((QUIET_SECONDS + 240) * 1000);

  before(async function () {
    this.timeout(900_000);
    await theProduct();
  });

  it(`writes nothing to the API server for ${QUIET_SECONDS} s but its leases`, async () => {
    const product = await theProduct();
    const { auditLogPath } = product.bed;
    // Ended tasks are kept for some minutes, and then removed: that is work, not rest.
    const ended = [
      "--selector=orchestrator.io/kind=task",
      "--field-selector=status.phase!=Running",
    ];
    await product.kubectl("delete", "pods", ...ended);
    let fromByte = endOfLog(auditLogPath);
    let sinceMs = performance.now();
    let writes: string[] = [];
    await product.waitFor("the world is at rest", 150 + QUIET_SECONDS, async () => {
      const restedSeconds = (performance.now() - sinceMs) / 1000;
      writes = await readWrites(auditLogPath, fromByte, isOurs);
      if (writes.length === 0) return restedSeconds > QUIET_SECONDS;
      if (restedSeconds > SETTLED_SECONDS) return true;
      fromByte = endOfLog(auditLogPath);
      sinceMs = performance.now();
      return writes.slice(-5).join("; ");
    });
    product.figures.note(`writes in ${QUIET_SECONDS} s of rest`, writes.length.toString());
    expect(writes).to.deep.equal([]);
  });
});
