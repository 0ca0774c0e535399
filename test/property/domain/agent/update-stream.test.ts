import fc from "fast-check";
import { expect } from "chai";
import type { TaskState } from "../../../../src/api/mesos/task-status.ts";
import {
  acknowledgeUpdate,
  enqueueUpdate,
  forwardDue,
  NEW_STREAM,
  pauseDelivery,
  replayStream,
  type StreamRecord,
  type UpdateStream,
} from "../../../../src/domain/agent/update-stream.ts";

/** What the world does between two looks: each step of a schedule. */
const step = fc.constantFrom(
  "update",
  "deliver",
  "loseUpdate",
  "duplicate",
  "acknowledge",
  "loseAcknowledgement",
  "oldAcknowledgement",
  "restart",
  "relink",
  "time",
);
const STATES: readonly TaskState[] = ["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"];

interface World {
  stream: UpdateStream;
  readonly log: StreamRecord[];
  made: number;
  nowMs: number;
  readonly underway: string[];
  /** Uuids as the framework got them, the first time each. */
  readonly received: string[];
  readonly acknowledgements: string[];
}

describe("update streams under loss, duplication, reorder and restart", () => {
  it("MES-29 deliver every update at least once, in order, and the terminal one never after its acknowledgement", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (schedule) => {
        const world: World = {
          stream: NEW_STREAM,
          log: [],
          made: 0,
          nowMs: 0,
          underway: [],
          received: [],
          acknowledgements: [],
        };
        for (const kind of schedule) apply(world, kind);
        heal(world);
        expect(world.received).to.eql(Array.from({ length: world.made }, (_x, i) => `u${i}`));
        expect(world.stream.closed).to.equal(world.made === STATES.length);
        expect(forwardDue(world.stream, world.nowMs + 1e9).forward).to.equal(undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});

function apply(world: World, kind: string): void {
  switch (kind) {
    case "update":
      makeUpdate(world);
      break;
    case "deliver":
      receive(world, world.underway.shift());
      break;
    case "loseUpdate":
      world.underway.shift();
      break;
    case "duplicate":
      if (world.underway[0] !== undefined) world.underway.push(world.underway[0]);
      break;
    case "acknowledge":
      acknowledge(world, world.acknowledgements.shift());
      break;
    case "loseAcknowledgement":
      world.acknowledgements.shift();
      break;
    case "oldAcknowledgement":
      acknowledge(world, world.received[0]);
      break;
    case "restart":
      world.stream = pauseDelivery(replayStream(world.log));
      break;
    case "relink":
      world.stream = pauseDelivery(world.stream);
      break;
    case "time":
      world.nowMs += 15_000;
      break;
  }
  const { stream, forward } = forwardDue(world.stream, world.nowMs);
  world.stream = stream;
  if (forward?.uuid !== undefined) world.underway.push(forward.uuid);
}

/** Faults end: messages arrive, time passes; whatever was made must come through. */
function heal(world: World): void {
  for (let round = 0; round < 20; round += 1) {
    world.stream = pauseDelivery(world.stream);
    apply(world, "time");
    while (world.underway.length > 0) receive(world, world.underway.shift());
    while (world.acknowledgements.length > 0) acknowledge(world, world.acknowledgements.shift());
  }
}

function makeUpdate(world: World): void {
  const state = STATES[world.made];
  if (state === undefined) return;
  const status = { task_id: { value: "t" }, state, uuid: `u${world.made}` };
  world.made += 1;
  world.log.push({ kind: "update", status });
  world.stream = enqueueUpdate(world.stream, status).stream;
}

function receive(world: World, uuid: string | undefined): void {
  if (uuid === undefined) return;
  if (!world.received.includes(uuid)) world.received.push(uuid);
  world.acknowledgements.push(uuid);
}

function acknowledge(world: World, uuid: string | undefined): void {
  if (uuid === undefined) return;
  const { stream, outcome } = acknowledgeUpdate(world.stream, uuid);
  if (outcome !== "unknownUuid") world.log.push({ kind: "acknowledged", uuid });
  world.stream = stream;
}
