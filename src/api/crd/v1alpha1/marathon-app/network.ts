import { z } from "zod";
import { choice, text } from "../schema/text.ts";
import { AppLabels, PortName, PortNumber, PortProtocol } from "./fields.ts";

/** One host, one container/bridge, or several container networks. */
export const AppNetwork = z.object({
  mode: choice("container", "container/bridge", "host"),
  name: text().optional(),
  labels: AppLabels,
});

/** A port on the host network: the host port with requirePorts, else the service port of a dynamic one. */
export const AppPortDefinition = z.object({
  port: PortNumber.default(0),
  name: PortName.optional(),
  protocol: PortProtocol,
  labels: AppLabels,
});

export type AppNetwork = z.output<typeof AppNetwork>;
export type AppPortDefinition = z.output<typeof AppPortDefinition>;
