import { z } from "zod";
import { listOf, mapOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { choice, text } from "../schema/text.ts";

const SEGMENT =
  "(([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])\\.)*([a-z0-9]|[a-z0-9][a-z0-9\\-]*[a-z0-9])";

/** Absolute Marathon path, at least one segment. */
export const MarathonId = z
  .string()
  .min(2)
  .max(1024)
  .regex(new RegExp(`^(/${SEGMENT})+$`));
/** 0 = chosen by us. */
export const PortNumber = int(0, 65_535);
export const PortName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
export const PortProtocol = choice("tcp", "udp", "udp,tcp");
/** Marathon's labels: free text, not Kubernetes labels. */
export const AppLabels = mapOf(text(65_536), 512).prefault({});
/** Field, operator, value if the operator takes one. */
export const Constraint = listOf(text(1024), 3).min(2);
