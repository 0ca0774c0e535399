// Opens a session at the address of its first argument: a process of its own, for what ends one.
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { RecordingLogger } from "../recording-logger.ts";

const store = new NzcElectionStore({
  servers: [process.argv[2] ?? ""],
  path: "/mesos",
  sessionMs: 3_000,
  clock: new SystemClock(),
  logger: new RecordingLogger(),
});
await store.open(new AbortController().signal);
