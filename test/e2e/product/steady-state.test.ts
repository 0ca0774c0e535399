import { env } from "node:process";
import { expect } from "chai";
import { endOfLog, readWrites } from "../../support/product/audit-log.ts";
import { NAMESPACE } from "../../support/product/product.ts";
import { theProduct } from "../../support/product/use-product.ts";

/** How long nothing may be written; 300 for a figure to publish. */
const QUIET_SECONDS = Number(env["ORCHESTRATOR_QUIET_SECONDS"] ?? 60);
/** Without a write for this long, what went before has settled. */
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
    await product.waitFor("the world has settled", 150, async () => {
      const writes = await readWrites(auditLogPath, fromByte, isOurs);
      if (writes.length > 0) {
        fromByte = endOfLog(auditLogPath);
        sinceMs = performance.now();
        return writes.slice(-5).join("; ");
      }
      return performance.now() - sinceMs > SETTLED_SECONDS * 1000;
    });
    sinceMs = performance.now();
    fromByte = endOfLog(auditLogPath);
    let writes: string[] = [];
    await product.waitFor("the window is over", QUIET_SECONDS + 30, async () => {
      if (performance.now() - sinceMs < QUIET_SECONDS * 1000) return false;
      writes = await readWrites(auditLogPath, fromByte, isOurs);
      return true;
    });
    product.figures.note(`writes in ${QUIET_SECONDS} s of rest`, writes.length.toString());
    expect(writes).to.deep.equal([]);
  });
});
