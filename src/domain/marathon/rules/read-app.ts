import type { z } from "zod";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import { AppInput, AppUpdate, OUTPUT_ONLY_KEYS } from "../../../api/marathon/app-input.ts";
import { mergeUpdate, unknownKeys } from "../app/app-change.ts";
import { normalizeApp } from "../normalize/normalize-app.ts";
import type { NormalizeConfig } from "../normalize/normalize-config.ts";
import { bodyProblemAnswer, messageAnswer, ruleAnswer, type ErrorAnswer } from "./error-answer.ts";
import { readDocument, readJson } from "./read-body.ts";
import type { RuleContext } from "./rule-context.ts";
import { validateApp } from "./validate-app.ts";

export interface ReadSettings {
  readonly normalize: NormalizeConfig;
  readonly rules: RuleContext;
  /** Refuse keys that Marathon does not know instead of dropping them. */
  readonly strict?: boolean;
}

export type Refused = { readonly kind: "refused"; readonly answer: ErrorAnswer };
export type AppResult =
  | { readonly kind: "ok"; readonly app: AppDefinition; readonly warnings: readonly string[] }
  | Refused;
export type UpdateResult =
  | AppResult
  /** `{"version": …}` alone: go back to that version. */
  | { readonly kind: "rollback"; readonly version: string };

const refused = (answer: ErrorAnswer): Refused => ({ kind: "refused", answer });

/** What clients are told about keys that mean nothing here. */
function warningsOf(document: unknown): string[] {
  return unknownKeys(document).map((key) => `/${key} is not a known field and was ignored`);
}

function strictRefusal(document: unknown, settings: ReadSettings): Refused | undefined {
  const keys = settings.strict ? unknownKeys(document) : [];
  if (keys.length === 0) return undefined;
  return refused(
    ruleAnswer(keys.map((key) => ({ path: `/${key}`, error: "is not a known field" }))),
  );
}

/** Canonical and checked. */
export function canonicalApp(
  input: AppInput,
  settings: ReadSettings,
  warnings: readonly string[] = [],
): AppResult {
  const normalized = normalizeApp(input, settings.normalize);
  if (normalized.kind === "refused") return refused(messageAnswer(422, normalized.message));
  if (normalized.kind === "violations") return refused(ruleAnswer(normalized.violations));
  const violations = validateApp(normalized.app, settings.rules);
  if (violations.length > 0) return refused(ruleAnswer(violations));
  return { kind: "ok", app: normalized.app, warnings };
}

type Document<T> =
  { readonly kind: "ok"; readonly value: T; readonly warnings: readonly string[] } | Refused;

/** The parsed document with what is to be said about it; schema errors are reported before any rule runs. */
export function readTyped<S extends z.ZodType>(
  schema: S,
  document: unknown,
  settings: ReadSettings,
): Document<z.output<S>> {
  const read = readDocument(schema, document);
  if (read.kind === "refused") return refused(bodyProblemAnswer(read.problem));
  return (
    strictRefusal(document, settings) ?? {
      kind: "ok",
      value: read.value,
      warnings: warningsOf(document),
    }
  );
}

/** The app of a request body, or the answer that refuses it. */
export function readAppBody(text: string, settings: ReadSettings): AppResult {
  const json = readJson(text);
  if (json.kind === "refused") return refused(bodyProblemAnswer(json.problem));
  const read = readTyped(AppInput, json.value, settings);
  return read.kind === "refused" ? read : canonicalApp(read.value, settings, read.warnings);
}

/** A document that we answered ourselves: its version is an echo, not the wish to go back to it. */
function isEcho(document: unknown): boolean {
  return (
    typeof document === "object" &&
    document !== null &&
    Object.keys(document).some((key) => OUTPUT_ONLY_KEYS.has(key))
  );
}

/** The update of a document; clients may send back whole what they got, so an echoed version is dropped. */
export function readUpdate(document: unknown, settings: ReadSettings): Document<AppUpdate> {
  const read = readTyped(AppUpdate, document, settings);
  if (read.kind === "refused" || !isEcho(document)) return read;
  const { version: _echo, ...value } = read.value;
  return { ...read, value };
}

/** The stored app after an update. */
export function updatedApp(
  update: AppUpdate,
  stored: AppDefinition,
  settings: ReadSettings,
  warnings: readonly string[] = [],
): UpdateResult {
  const { version, id: _id, ...fields } = update;
  const others = Object.values(fields).some((value) => value !== undefined);
  if (version !== undefined && others) {
    const error = "The 'version' field may only be combined with the 'id' field.";
    return refused(ruleAnswer([{ path: "/", error }]));
  }
  if (version !== undefined) return { kind: "rollback", version };
  return canonicalApp(mergeUpdate(stored, update), settings, warnings);
}

/** The stored app after the update of a request body. */
export function readUpdateBody(
  text: string,
  stored: AppDefinition,
  settings: ReadSettings,
): UpdateResult {
  const json = readJson(text);
  if (json.kind === "refused") return refused(bodyProblemAnswer(json.problem));
  const read = readUpdate(json.value, settings);
  if (read.kind === "refused") return read;
  return updatedApp(read.value, stored, settings, read.warnings);
}
