import { expect } from "chai";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import { parseFrameworkConfig } from "../../../../src/processes/framework/config.ts";

const BASE = { master: "http://m:5050" };

function faultsOf(options: Readonly<Record<string, unknown>>): string {
  try {
    parseFrameworkConfig({ ...BASE, ...options });
  } catch (error) {
    if (isOperatingError(error, "CONFIG_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("the options of orchestrator framework", () => {
  it("are those of short tasks unless a pattern is named", () => {
    expect(parseFrameworkConfig(BASE)).to.deep.equal({
      master: ["http://m:5050"],
      role: "*",
      user: "nobody",
      failoverTimeout: 60,
      contentType: "json",
      logLevel: "info",
      pattern: "short-tasks",
      name: "short-tasks",
      tasks: 10,
      parallel: 4,
      cpus: 0.1,
      mem: 32,
      command: "sleep 1; echo done",
    });
  });

  const schedules: Record<string, readonly { afterMs: number; count: number }[]> = {
    "3": [{ afterMs: 0, count: 3 }],
    "0:2,30:5": [
      { afterMs: 0, count: 2 },
      { afterMs: 30_000, count: 5 },
    ],
  };
  for (const [instances, wanted] of Object.entries(schedules)) {
    it(`read --instances ${instances}`, () => {
      const config = parseFrameworkConfig({ ...BASE, pattern: "yarn", instances });
      expect(config.pattern === "yarn" && config.instances).to.deep.equal(wanted);
    });
  }

  const faults: Record<string, [Readonly<Record<string, unknown>>, string]> = {
    "an unknown pattern": [{ pattern: "chronos" }, "--pattern: "],
    "a schedule that is none": [
      { pattern: "yarn", instances: "many" },
      "--instances: give a number",
    ],
    "an empty schedule": [{ pattern: "yarn", instances: "" }, "--instances: "],
    "short tasks with instances": [{ instances: "3" }, "--instances: no such option"],
    "a pattern with parallel tasks": [{ pattern: "flink", parallel: "3" }, "--parallel: no such"],
    "reservations for *": [{ pattern: "cassandra" }, "--role: cassandra reserves"],
    "an uninstall of what keeps nothing": [{ pattern: "flink", uninstall: true }, "--uninstall: "],
    "a secret of nobody": [{ secret: "s" }, "--secret: needs --principal"],
  };
  for (const [name, [options, message]] of Object.entries(faults)) {
    it(`refuse ${name}`, () => {
      expect(faultsOf(options)).to.contain(message);
    });
  }
});
