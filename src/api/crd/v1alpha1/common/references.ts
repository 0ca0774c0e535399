import { z } from "zod";
import { filled, objectName } from "../schema/text.ts";

/** A Secret of the object's own namespace. */
export const SecretRef = z.object({ name: objectName() });
/** One key of a Secret or ConfigMap of the object's own namespace. */
export const KeyRef = z.object({ name: objectName(), key: filled() });
export type SecretRef = z.output<typeof SecretRef>;
export type KeyRef = z.output<typeof KeyRef>;
