/** A port as the app requests it, for the variables of its task. */
export interface EnvPort {
  /** Container port, or the declared port on the host network; 0 = none declared. */
  readonly port: number;
  readonly name?: string | undefined;
}

function variableName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

/**
 * Marathon's port variables: PORTn and PORT_<NAME> hold the host port, or the container port where there is none;
 * PORT_<declared> likewise under the declared number (a dynamic one under the allocated number); PORT and PORTS speak of
 * host ports only.
 * @param hostPorts allocated host port of each requested port, null where it has none
 * @see marathon@1.10 core/launcher … mesos/EnvironmentHelper.scala
 */
export function portEnv(
  requested: readonly EnvPort[],
  hostPorts: readonly (number | null)[],
): Record<string, string> {
  if (requested.length === 0) return {};
  const env: Record<string, string> = {};
  requested.forEach(({ port, name }, i) => {
    const effective = hostPorts[i] ?? port;
    env[`PORT${i}`] = String(effective);
    env[`PORT_${port === 0 ? effective : port}`] = String(effective);
    if (name !== undefined) env[`PORT_${variableName(name)}`] = String(effective);
  });
  const allocated = hostPorts.filter((port) => port !== null);
  if (allocated[0] !== undefined) env["PORT"] = String(allocated[0]);
  env["PORTS"] = allocated.join(",");
  return env;
}
