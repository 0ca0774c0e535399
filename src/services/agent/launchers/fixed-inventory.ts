import type { AgentInventory, InventorySource } from "../ports.ts";

/** A machine's resources: read at the start, the same for the agent's life. */
export class FixedInventory implements InventorySource {
  readonly #inventory: AgentInventory;

  constructor(inventory: AgentInventory) {
    this.#inventory = inventory;
  }

  current(): AgentInventory {
    return this.#inventory;
  }

  onChange(): void {
    // Nothing changes.
  }
}
