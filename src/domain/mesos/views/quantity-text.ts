import { formatMilli, type Quantities } from "../../resources/quantity.ts";

/** `cpus:1; mem:512`, by name: how Mesos writes quantities in its messages. */
export function quantityText(amounts: Quantities): string {
  return namesOf(amounts)
    .map((name) => `${name}:${formatMilli(amounts[name] ?? 0)}`)
    .join("; ");
}

/** `{'cpus': 1, 'mem': 512}`, by name. */
export function quantityMapText(amounts: Quantities): string {
  const items = namesOf(amounts).map((name) => `'${name}': ${formatMilli(amounts[name] ?? 0)}`);
  return `{${items.join(", ")}}`;
}

const namesOf = (amounts: Quantities): string[] => Object.keys(amounts).sort();
