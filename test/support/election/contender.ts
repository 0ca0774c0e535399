// A candidate in a process of its own: `contender.ts <servers> <path> <name>`. Says on standard output when it serves, by the wall
// clock that all processes of this machine share, and ends as a master does.
import { setImmediate as aTurn } from "node:timers/promises";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import { Manager } from "../../../src/runtime/manager/manager.ts";
import { SessionElection } from "../../../src/services/offer-engine/election/session-election.ts";
import { masterInfoOf } from "../../../src/services/offer-engine/serve/master-info.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";

const [, , servers = "", path = "", name = ""] = process.argv;
const clock = new SystemClock();
const logger = new RecordingLogger();
const sessionMs = 3_000;
const election = new SessionElection({
  name,
  store: new NzcElectionStore({ servers: servers.split(","), path, sessionMs, clock, logger }),
  info: masterInfoOf(name, { hostname: name, ip: "127.0.0.1", port: 5050 }, "1.11.0"),
  timing: { sessionMs, retryMs: 500 },
  contends: true,
  clock,
  logger,
  meter: new RecordingMeter(),
});

const say = (words: string): void => void process.stdout.write(`${words}\n`);

/** Stands for everything a leader does: each turn is work that only a current term may do. */
async function serve(term: Term, signal: AbortSignal): Promise<void> {
  const fromMs = clock.nowMs();
  let untilMs = fromMs;
  say(`leads ${term.number}`);
  term.signal.addEventListener("abort", () => say(`served ${fromMs} ${untilMs}`));
  while (term.isCurrent() && !signal.aborted) {
    untilMs = clock.nowMs();
    await aTurn();
  }
}

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const manager = new Manager({
  clock,
  logger,
  election,
  activities: [{ name: "serving", run: serve }],
});
// Timers of ours keep no process alive.
const alive = setInterval(() => undefined, 1_000);
const code = await manager.run(stop.signal);
clearInterval(alive);
process.exit(code);
