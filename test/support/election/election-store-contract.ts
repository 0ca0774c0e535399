import { expect } from "chai";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../src/api/errors/table.ts";
import type {
  ElectionSession,
  ElectionStore,
} from "../../../src/services/offer-engine/election/ports.ts";

/** A client of the path, and what can happen to its link. */
export interface StoreClient {
  readonly store: ElectionStore;
  /** Nothing passes any more, and nobody is told. */
  cut(): void;
}

/** One empty path, and the world around it. */
export interface ElectionGround {
  client(): Promise<StoreClient>;
  /** Makes a child as other software does. */
  put(name: string, data: Uint8Array): Promise<void>;
  /** Lets time pass until it holds. @throws after `withinMs`. */
  until(what: string, holds: () => Promise<boolean> | boolean, withinMs: number): Promise<void>;
  close(): Promise<void>;
}

const FOREVER = new AbortController().signal;
const PREFIX = "json.info_";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const nothing = (): void => undefined;

async function refused(code: ErrorCode, call: Promise<unknown>): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isOperatingError(error, code), String(error)).to.equal(true);
}

/** What every {@link ElectionStore} must do, whatever keeps the members. */
export function describeElectionStore(
  name: string,
  timeoutMs: number,
  open: () => Promise<ElectionGround>,
): void {
  describe(`${name} as ElectionStore`, () => {
    let ground: ElectionGround;
    beforeEach(async () => {
      ground = await open();
    });
    afterEach(() => ground.close());

    const session = async (): Promise<ElectionSession> =>
      (await ground.client()).store.open(FOREVER);

    it("grants a session and has the path ready", async () => {
      const one = await session();
      expect(one.timeoutMs).to.be.at.least(timeoutMs);
      expect(await one.children(nothing)).to.deep.equal([]);
      await one.close();
    });

    it("numbers members in the order in which they join", async () => {
      const [one, two] = [await session(), await session()];
      const names = [
        await one.join(PREFIX, bytesOf("a")),
        await two.join(PREFIX, bytesOf("b")),
        await one.join(PREFIX, bytesOf("c")),
      ];
      expect(names.every((each) => /^json\.info_\d{10}$/.test(each))).to.equal(true);
      expect([...names].sort()).to.deep.equal(names);
      expect([...(await two.children(nothing))].sort()).to.deep.equal(names);
      await Promise.all([one.close(), two.close()]);
    });

    it("gives everybody a member's data, and nothing for one that is gone", async () => {
      const [one, two] = [await session(), await session()];
      const joined = await one.join(PREFIX, bytesOf("ü"));
      expect(await two.read(joined)).to.deep.equal(bytesOf("ü"));
      expect(await two.read("json.info_9999999999")).to.equal(undefined);
      await Promise.all([one.close(), two.close()]);
    });

    it("takes members away as soon as their session is closed", async () => {
      const [one, two] = [await session(), await session()];
      await one.join(PREFIX, bytesOf("a"));
      await one.close();
      expect(one.lost.aborted).to.equal(true);
      await ground.until(
        "the member is gone",
        async () => (await two.children(nothing)).length === 0,
        1_000,
      );
      await two.close();
    });

    it("tells once that the children may differ, and only who asked last", async () => {
      const [one, two] = [await session(), await session()];
      let first = 0;
      let last = 0;
      await one.children(() => (first += 1));
      await one.children(() => (last += 1));
      await two.join(PREFIX, bytesOf("a"));
      await ground.until("it is told", () => last > 0, 2_000);
      await two.join(PREFIX, bytesOf("b"));
      await two.children(nothing);
      expect([first, last]).to.deep.equal([0, 1]);
      await one.children(() => (last += 1));
      await two.close();
      await ground.until("it is told that members went", () => last > 1, 2_000);
      await one.close();
    });

    it("removes what others made, and what is not there without complaint", async () => {
      const one = await session();
      await ground.put("info_0000000001", bytesOf("x"));
      await one.remove("info_0000000001");
      await one.remove("info_0000000001");
      expect(await one.children(nothing)).to.deep.equal([]);
      await one.close();
    });

    it("confirms a member while it is there, and leaves it as it is", async () => {
      const [one, two] = [await session(), await session()];
      const joined = await one.join(PREFIX, bytesOf("a"));
      await one.confirm(joined);
      await one.confirm(joined);
      expect(await two.read(joined)).to.deep.equal(bytesOf("a"));
      await two.remove(joined);
      await refused("ZK_NO_NODE", one.confirm(joined));
      await Promise.all([one.close(), two.close()]);
    });

    it("refuses every call after it was closed", async () => {
      const one = await session();
      await one.close();
      await refused("ZK_SESSION_EXPIRED", one.join(PREFIX, bytesOf("a")));
      await refused("ZK_SESSION_EXPIRED", one.children(nothing));
      await refused("ZK_SESSION_EXPIRED", one.confirm("json.info_0000000000"));
      await one.close();
    });

    it("knows that the session is lost before the ensemble takes the member of a silent client away", async () => {
      const client = await ground.client();
      const one = await client.store.open(FOREVER);
      const two = await session();
      await one.join(PREFIX, bytesOf("a"));
      client.cut();
      await ground.until(
        "the client gives its session up",
        async () => {
          // Asked before the children: whatever is gone then, was given up before.
          const isLost = one.lost.aborted;
          expect(isLost || (await two.children(nothing)).length > 0).to.equal(true);
          return isLost;
        },
        2 * timeoutMs,
      );
      await refused("ZK_SESSION_EXPIRED", one.confirm("json.info_0000000000"));
      await ground.until(
        "the ensemble takes its member away",
        async () => (await two.children(nothing)).length === 0,
        2 * timeoutMs,
      );
      await Promise.all([one.close(), two.close()]);
    }).timeout(30_000);
  });
}
