import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { readConfigFile } from "../../../src/processes/config-file.ts";
import { flag, fromEnvironment, parseOptions, port } from "../../../src/processes/options.ts";

function faults(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    if (isOperatingError(error, "CONFIG_INVALID")) return error.message;
    throw error;
  }
}

describe("options of a process", () => {
  const schema = z
    .strictObject({ healthPort: port.default(1), log_level: z.string(), strict: flag.optional() })
    .refine(({ healthPort }) => healthPort !== 13, { message: "give another port" });

  it("come from the first source that says something", () => {
    const flags = { healthPort: undefined, strict: "" };
    expect(
      parseOptions(schema, flags, { healthPort: "2" }, { healthPort: 3, log_level: "warn" }),
    ).to.deep.equal({ healthPort: 2, log_level: "warn", strict: true });
  });

  it("are found in the environment under their prefix, whatever their spelling", () => {
    const environment = { P_HEALTH_PORT: "2", P_LOG_LEVEL: "info", P_OTHER: "x", STRICT: "1" };
    const found = fromEnvironment(environment, "P_", ["healthPort", "log_level", "strict"]);
    expect(parseOptions(schema, found)).to.deep.equal({ healthPort: 2, log_level: "info" });
  });

  it("are refused by the names that were given", () => {
    const text = faults(() =>
      parseOptions(schema, { healthPort: 70_000, log_level: 1, noPort: 1 }),
    );
    expect(text.split("\n").map((line) => line.split(":")[0])).to.have.members([
      "--health-port",
      "--log_level",
      "--no-port",
    ]);
    expect(faults(() => parseOptions(schema, { healthPort: 13, log_level: "info" }))).to.equal(
      "give another port",
    );
  });
});

describe("the configuration file of a process", () => {
  const folder = mkdtempSync(join(tmpdir(), "config-file-"));
  after(() => rmSync(folder, { recursive: true }));
  const written = (text: string): string => {
    const path = join(folder, "config.yaml");
    writeFileSync(path, text);
    return path;
  };

  it("is a mapping, or empty", () => {
    expect(readConfigFile(written("port: 1\n"))).to.deep.equal({ port: 1 });
    expect(readConfigFile(written("# nothing yet\n"))).to.deep.equal({});
    expect(readConfigFile(undefined)).to.deep.equal({});
  });

  it("is refused when it is something else, or not there", () => {
    expect(faults(() => readConfigFile(written("--port=1")))).to.contain("is no mapping");
    expect(faults(() => readConfigFile(written("- port: 1")))).to.contain("is no mapping");
    expect(faults(() => readConfigFile(join(folder, "none")))).to.contain("cannot be read");
  });
});
