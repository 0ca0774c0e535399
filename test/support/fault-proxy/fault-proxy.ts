import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What happens to bytes: they pass, vanish in both directions, or nobody is let in. */
export type Weather = "pass" | "blackHole" | "refuse";

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

/** A TCP proxy in front of one server, for faults that no signal to a process can make. */
export class FaultProxy {
  readonly #server: Server;
  readonly #links = new Set<Link>();
  readonly #target: number;
  #weather: Weather = "pass";
  /** Rewrites what the server says; for faults inside of frames. */
  onServerBytes: ((bytes: Buffer, client: Socket) => Buffer | undefined) | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** In front of a port of loopback. */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): number {
    return this.#links.size;
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather === "refuse") this.cut();
  }

  /** Breaks every connection; new ones are welcome. */
  cut(): void {
    for (const link of this.#links) {
      link.client.destroy();
      link.server.destroy();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    if (this.#weather === "refuse") {
      client.destroy();
      return;
    }
    const link: Link = { client, server: connect(this.#target, "127.0.0.1") };
    this.#links.add(link);
    client.on("data", (bytes) => {
      if (this.#weather === "pass") link.server.write(bytes);
    });
    link.server.on("data", (bytes) => {
      if (this.#weather !== "pass") return;
      const passed = this.onServerBytes === undefined ? bytes : this.onServerBytes(bytes, client);
      if (passed !== undefined) client.write(passed);
    });
    for (const [one, other] of [
      [link.client, link.server],
      [link.server, link.client],
    ] as const) {
      one.on("error", () => undefined);
      one.on("close", () => {
        this.#links.delete(link);
        // In a black hole nobody learns of the other's end.
        if (this.#weather !== "blackHole") other.destroy();
      });
    }
  }
}
