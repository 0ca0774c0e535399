/**
 * What is wrong with the name of a role; undefined when it is fine.
 * @see mesos@1.11 src/common/roles.cpp `validate`
 */
export function roleFault(role: string): string | undefined {
  if (role === "*") return undefined;
  if (role === "") return "Empty role name is invalid";
  if (role.startsWith("/")) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith("/")) return `Role '${role}' cannot end with a slash`;
  if (role.includes("//")) return `Role '${role}' cannot contain two adjacent slashes`;
  for (const component of role.split("/")) {
    if (component === "." || component === "..") {
      return `Role '${role}' cannot include '${component}' as a component`;
    }
    if (component === "*") return `Role '${role}' cannot include '*' as a component`;
    if (component.startsWith("-")) {
      return `Role '${role}' cannot have a component that begins with '-'`;
    }
    if (/\s/.test(component) || component.includes("\b")) {
      return `Role '${role}' cannot contain whitespace or backspace characters`;
    }
  }
  return undefined;
}
