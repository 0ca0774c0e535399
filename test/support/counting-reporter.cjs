// Mocha's spec reporter, which also leaves its counts and failures in a file so that test/run.ts can add the stages up.
const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => {
      failed.push(`${test.titlePath().join(" › ")}\n${error.stack ?? error.message}`);
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = options.reporterOptions?.output;
      const { passes, failures, pending } = runner.stats;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending, failed }));
    });
  }
};
