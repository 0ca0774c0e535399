import { expect } from "chai";
import { AppInput, AppUpdate } from "../../../src/api/marathon/app-input.ts";
import type { AppDefinition } from "../../../src/api/marathon/app.ts";
import { classifyChange, mergeUpdate } from "../../../src/domain/marathon/app/app-change.ts";
import { normalizeApp } from "../../../src/domain/marathon/normalize/normalize-app.ts";
import { NORMALIZE_DEFAULTS } from "../../../src/domain/marathon/normalize/normalize-config.ts";
import type { NormalizeConfig } from "../../../src/domain/marathon/normalize/normalize-config.ts";
import { readDocument } from "../../../src/domain/marathon/rules/read-body.ts";
import { readAppBody, readUpdateBody } from "../../../src/domain/marathon/rules/read-app.ts";
import { FEATURES, type Feature } from "../../../src/domain/marathon/rules/rule-context.ts";
import {
  atPointer,
  isContained,
  readMarathonVectors,
  titleOf,
} from "../../support/marathon/vectors.ts";

const sets = readMarathonVectors();

function parse(document: unknown): AppInput {
  const read = readDocument(AppInput, document);
  if (read.kind === "refused") throw new Error(JSON.stringify(read.problem));
  return read.value;
}

function normalized(document: unknown, config: Partial<NormalizeConfig> = {}): AppDefinition {
  const result = normalizeApp(parse(document), { ...NORMALIZE_DEFAULTS, ...config });
  if (result.kind !== "ok") throw new Error(JSON.stringify(result));
  return result.app;
}

function expectParts(actual: unknown, vector: Record<string, unknown>): void {
  for (const pointer of (vector["absent"] ?? []) as string[]) {
    expect(atPointer(actual, pointer), `absent ${pointer}`).to.equal(undefined);
  }
  for (const [key, value] of Object.entries(vector["exact"] ?? {})) {
    expect(atPointer(actual, `/${key}`)).to.deep.equal(value);
  }
  if (vector["expect"] === undefined) return;
  const contained = isContained(vector["expect"], actual);
  expect(contained, `${JSON.stringify(vector["expect"])} in ${JSON.stringify(actual)}`).to.equal(
    true,
  );
}

describe("Marathon vectors: normalize", () => {
  for (const vector of sets["normalize"]!) {
    it(titleOf(vector), () => {
      const config = (vector["config"] ?? {}) as Partial<NormalizeConfig>;
      const app = normalized(vector["in"], config);
      expectParts(app, vector);
      expect(normalized(app, config), "idempotent").to.deep.equal(app);
    });
  }
});

describe("Marathon vectors: validate", () => {
  for (const vector of sets["validate"]!) {
    it(titleOf(vector), () => {
      const text = vector["raw"] === true ? (vector["in"] as string) : JSON.stringify(vector["in"]);
      const rules = {
        features: new Set((vector["features"] ?? FEATURES) as Feature[]),
        allowedRoles: ["*"],
      };
      const settings = { normalize: NORMALIZE_DEFAULTS, rules };
      const read =
        vector["as"] === "update"
          ? readUpdateBody(text, normalized({ id: "/a", cmd: "sleep 1" }), settings)
          : readAppBody(text, settings);
      if (read.kind !== "refused") throw new Error(`accepted: ${JSON.stringify(read)}`);
      const { status, body } = read.answer;
      expect({ status, message: body.message }).to.deep.equal({
        status: vector["status"],
        message: vector["message"],
      });
      for (const detail of (vector["details"] ?? []) as { path: string; errors?: string[] }[]) {
        const found = (body.details as { path: string; errors: string[] }[]).find(
          ({ path }) => path === detail.path,
        );
        expect(found, JSON.stringify(body.details)).to.not.equal(undefined);
        if (detail.errors) expect(found?.errors).to.include.members(detail.errors);
      }
    });
  }
});

describe("Marathon vectors: update", () => {
  for (const vector of sets["update"]!) {
    it(titleOf(vector), () => {
      const stored = normalized(vector["stored"]);
      const read = readDocument(AppUpdate, vector["update"]);
      if (read.kind === "refused") throw new Error(JSON.stringify(read.problem));
      const whole = String(vector["call"]).includes("partialUpdate=false");
      const after = normalized(
        whole ? { ...read.value, id: stored.id } : mergeUpdate(stored, read.value),
      );
      expect(classifyChange(stored, after)).to.equal(vector["kind"]);
      expectParts(after, vector);
    });
  }
});
