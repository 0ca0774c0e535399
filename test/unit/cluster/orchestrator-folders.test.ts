import { expect } from "chai";
import { resolve } from "node:path";
import { cacheFolder } from "../../cluster/host/orchestrator-folders.ts";

describe("where binaries are kept", () => {
  const rows: Record<string, [NodeJS.ProcessEnv, string]> = {
    "below the home folder": [{ HOME: "/home/a" }, "/home/a/.cache/orchestrator/cluster"],
    "below the cache folder of the session": [
      { HOME: "/home/a", XDG_CACHE_HOME: "/cache" },
      "/cache/orchestrator/cluster",
    ],
    "as if there were no cache folder when it is empty": [
      { HOME: "/home/a", XDG_CACHE_HOME: "" },
      "/home/a/.cache/orchestrator/cluster",
    ],
    "as if there were no cache folder when it is relative": [
      { HOME: "/home/a", XDG_CACHE_HOME: "cache" },
      "/home/a/.cache/orchestrator/cluster",
    ],
    "where the user says": [{ ORCHESTRATOR_CACHE_DIR: "/binaries" }, "/binaries"],
    "below the working folder where the user says so": [
      { ORCHESTRATOR_CACHE_DIR: "binaries" },
      resolve("binaries"),
    ],
  };
  for (const [name, [env, folder]] of Object.entries(rows)) {
    it(name, () => {
      expect(cacheFolder(env)).to.equal(folder);
    });
  }
});
