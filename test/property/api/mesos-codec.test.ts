import { expect } from "chai";
import fc from "fast-check";
import * as agentInfo from "../../../src/api/mesos/agent-info.ts";
import * as check from "../../../src/api/mesos/check.ts";
import * as container from "../../../src/api/mesos/container.ts";
import * as executor from "../../../src/api/mesos/executor.ts";
import * as frameworkInfo from "../../../src/api/mesos/framework-info.ts";
import { decodeJson } from "../../../src/api/mesos/json-decode.ts";
import { encodeJson } from "../../../src/api/mesos/json-encode.ts";
import * as offer from "../../../src/api/mesos/offer.ts";
import * as operatorCall from "../../../src/api/mesos/operator-call.ts";
import * as operatorEvent from "../../../src/api/mesos/operator-event.ts";
import * as operatorResponse from "../../../src/api/mesos/operator-response.ts";
import { decodeProtobuf } from "../../../src/api/mesos/protobuf-decode.ts";
import { encodeProtobuf } from "../../../src/api/mesos/protobuf-encode.ts";
import * as schedulerCall from "../../../src/api/mesos/scheduler-call.ts";
import * as schedulerEvent from "../../../src/api/mesos/scheduler-event.ts";
import {
  fieldType,
  type FieldType,
  type MessageType,
  type NamedField,
} from "../../../src/api/mesos/schema.ts";
import * as task from "../../../src/api/mesos/task.ts";

const DEPTH_MAX = 4;

function valueOf(type: FieldType, depth: number): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "message":
      return messageOf(type, depth);
    case "enum":
      return fc.constantFrom(...Object.keys(type.numberOf));
    case "scalar":
      switch (type.scalar) {
        case "string":
          return fc.string({ unit: "grapheme", maxLength: 8 });
        case "bytes":
          return fc
            .uint8Array({ maxLength: 9 })
            .map((bytes) => Buffer.from(bytes).toString("base64"));
        case "bool":
          return fc.boolean();
        case "double":
          return fc.double({ noNaN: true });
        case "int32":
          return fc.integer();
        case "uint32":
          return fc.nat(2 ** 31 - 1);
        case "int64":
          return fc.maxSafeInteger();
        case "uint64":
          return fc.maxSafeNat();
      }
  }
}

function fieldOf(field: NamedField, depth: number): fc.Arbitrary<unknown> {
  const one = valueOf(fieldType(field), depth);
  switch (field.cardinality) {
    case "repeated":
      return fc.array(one, { minLength: 1, maxLength: 2 });
    case "map":
      return fc
        .array(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), one), { minLength: 1, maxLength: 2 })
        .map((entries) => Object.fromEntries(entries));
    default:
      return one;
  }
}

/** Optional fields come and go; below the depth only required ones are there. */
function messageOf(type: MessageType<unknown>, depth: number): fc.Arbitrary<unknown> {
  const fields = type.fields.filter(
    (field) => field.cardinality === "required" || depth < DEPTH_MAX,
  );
  const model = Object.fromEntries(
    fields.map((field) => [field.name, fieldOf(field, depth + 1)] as const),
  );
  const requiredKeys = fields
    .filter(({ cardinality }) => cardinality === "required")
    .map(({ name }) => name);
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

const modules: readonly object[] = [
  agentInfo,
  check,
  container,
  executor,
  frameworkInfo,
  offer,
  operatorCall,
  operatorEvent,
  operatorResponse,
  schedulerCall,
  schedulerEvent,
  task,
];
const types = modules
  .flatMap((module) => Object.values(module) as (MessageType<unknown> | { kind: "enum" })[])
  .filter((type): type is MessageType<unknown> => type.kind === "message");

/** What JSON shows besides: defaults that were unset. */
function withDefaults(type: MessageType<unknown>, value: unknown): unknown {
  const given = value as Record<string, unknown>;
  const full: Record<string, unknown> = {};
  for (const field of type.fields) {
    const item = given[field.name] ?? field.defaultValue;
    if (item === undefined) continue;
    const inner = fieldType(field);
    const deep = (one: unknown): unknown =>
      inner.kind === "message" ? withDefaults(inner, one) : one;
    if (field.cardinality === "repeated") full[field.name] = (item as unknown[]).map(deep);
    else if (field.cardinality === "map") {
      full[field.name] = Object.fromEntries(
        Object.entries(item).map(([key, one]) => [key, deep(one)]),
      );
    } else full[field.name] = deep(item);
  }
  return full;
}

describe("the codecs of the Mesos messages (API-02)", () => {
  for (const type of types) {
    it(`gives back every ${type.name}, in JSON and in protobuf`, () => {
      fc.assert(
        fc.property(messageOf(type, 0), (value) => {
          const text = encodeJson(type, value);
          expect(text).to.match(/^[\x20-\x7e]*$/);
          const json = decodeJson(type, JSON.parse(text));
          expect(json).to.deep.equal({ ok: true, value: withDefaults(type, value) });
          const proto = decodeProtobuf(type, encodeProtobuf(type, value));
          expect(proto).to.deep.equal({ ok: true, value });
        }),
        { numRuns: 15 },
      );
    });
  }
});
