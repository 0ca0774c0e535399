// `npm start` and `npm stop`: the whole product on a real cluster of this machine, or on an existing one.
import { ClusterError } from "../host/cluster-error.ts";
import { parseStartOptions, parseStopOptions, START_USAGE } from "./options.ts";
import { runFolder } from "./run-record.ts";
import { startProduct } from "./start-product.ts";
import { stopProduct } from "./stop-product.ts";

const root = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");

async function main([verb, ...argv]: readonly string[]): Promise<void> {
  if (verb === "stop") {
    console.log(await stopProduct(runFolder(root, parseStopOptions(argv))));
    return;
  }
  const options = parseStartOptions(argv);
  if (options === "help") {
    console.log(START_USAGE);
    return;
  }
  await startProduct(root, options);
}

main(process.argv.slice(2))
  // What still holds the event loop is of no use to anybody.
  .then(() => process.exit())
  .catch((error: unknown) => {
    console.error(error instanceof ClusterError ? error.message : error);
    process.exit(process.exitCode ?? 1);
  });
