import { expect } from "chai";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import { judgedUser, usersOfTask } from "../../../../src/domain/mesos/task-user.ts";

describe("judgedUser (SEC-05)", () => {
  const cases: Record<string, string> = {
    root: "root",
    "0": "root",
    "00": "root",
    "0:0": "root",
    "root:wheel": "root",
    ann: "ann",
    "ann:staff": "ann",
    "1000": "1000",
    "": "",
  };
  for (const [user, judged] of Object.entries(cases)) {
    it(`reads '${user}' as '${judged}'`, () => expect(judgedUser(user)).to.equal(judged));
  }
});

describe("usersOfTask (SEC-05)", () => {
  const info = { user: "ann" };
  const container = {
    type: "DOCKER" as const,
    docker: { image: "i", parameters: [{ key: "user", value: "0:0" }] },
  };
  const cases: Record<string, [Partial<TaskInfo>, string[]]> = {
    "the framework's without any of its own": [{}, ["ann"]],
    "its command's": [{ command: { value: "x", user: "ben" } }, ["ben"]],
    "the framework's when its command names an empty one": [
      { command: { value: "x", user: "" } },
      ["ann"],
    ],
    "also one that its container names": [{ container }, ["ann", "root"]],
  };
  for (const [name, [task, users]] of Object.entries(cases)) {
    it(`is ${name}`, () => {
      const whole = { name: "t", task_id: { value: "t" }, agent_id: { value: "a" }, ...task };
      expect(usersOfTask(whole, info)).to.deep.equal(users);
    });
  }
});
