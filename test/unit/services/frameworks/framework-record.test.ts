import { expect } from "chai";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import { FrameworkRecordFile } from "../../../../src/services/frameworks/framework-record.ts";

describe("the record of a framework", () => {
  const writes: string[] = [];
  const fileOf = (text: string | undefined): FrameworkRecordFile =>
    new FrameworkRecordFile({
      read: () => Promise.resolve(text),
      write: (next) => Promise.resolve(void writes.push(next)),
    });
  beforeEach(() => writes.splice(0));

  it("is written when it changed, and read back", async () => {
    const record = { frameworkId: "F", homes: { "node-0": "S1" } };
    const file = fileOf(undefined);
    expect(await file.read()).to.equal(undefined);
    await file.keep(record);
    await file.keep(record);
    expect(writes).to.have.length(1);
    expect(await fileOf(writes[0]).read()).to.deep.equal(record);
  });

  it("is not written again by the process that read it", async () => {
    const text = `${JSON.stringify({ frameworkId: "F", homes: {} })}\n`;
    const file = fileOf(text);
    const record = await file.read();
    if (record !== undefined) await file.keep(record);
    expect(writes).to.deep.equal([]);
  });

  for (const text of ["", "{}", "[1]", '{"frameworkId": ""}']) {
    it(`refuses a file that holds ${text || "nothing"}`, async () => {
      const error: unknown = await fileOf(text)
        .read()
        .catch((it: unknown) => it);
      expect(isOperatingError(error, "CONFIG_INVALID")).to.equal(true);
    });
  }
});
