import type { CustomObject } from "../common/object.ts";
import { customKind } from "../common/object.ts";
import type { MarathonAppSpec } from "./spec.ts";
import type { MarathonAppStatus } from "./status.ts";

export const MARATHON_APP = customKind("MarathonApp", "marathonapps");
export type MarathonApp = CustomObject<MarathonAppSpec, MarathonAppStatus>;
