import type { HttpReply, HttpRequest } from "../../runtime/ports/http-exchange.ts";
import type { AgentRoom } from "../../domain/admission/explain/explain-app.ts";
import { explainAdmission } from "../../domain/admission/explain/explain-app.ts";
import type { PodBook } from "../../domain/admission/book/pod-book.ts";
import type { Clock } from "../../runtime/ports/clock.ts";

/** Path of the report below the master. */
export const ADMISSION_PATH = "/orchestrator/admission";
/** Longest age of an answer. */
const FRESH_MS = 1000;
const ENTRIES_MAX = 1000;

/** Serves why pods wait: `?app=<namespace>/<name>` or `?pod=<namespace>/<name>`. */
export class AdmissionApi {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { readonly madeMs: number; readonly reply: HttpReply }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param rooms agents as the engine knows them; asked for only when the answer is not fresh. */
  answer(request: HttpRequest, book: PodBook, rooms: () => readonly AgentRoom[]): HttpReply {
    if (request.method !== "GET") return reply(405, { message: "only GET" }, { Allow: "GET" });
    const nowMs = this.#clock.monotonicMs();
    const known = this.#answers.get(request.query);
    if (known !== undefined && nowMs - known.madeMs < FRESH_MS) return known.reply;
    const made = this.#make(new URLSearchParams(request.query), book, rooms);
    if (this.#answers.size >= ENTRIES_MAX) this.#answers.clear();
    this.#answers.set(request.query, { madeMs: nowMs, reply: made });
    return made;
  }

  #make(query: URLSearchParams, book: PodBook, rooms: () => readonly AgentRoom[]): HttpReply {
    const app = query.get("app");
    const pod = query.get("pod");
    const name = app ?? pod;
    if (name === null || !/^[^/]+\/[^/]+$/.test(name)) {
      return reply(400, { message: "give app=<namespace>/<name> or pod=<namespace>/<name>" });
    }
    const entries =
      app !== null
        ? book.entriesOfApp(app)
        : book.entries().filter(({ pod: one }) => `${one.namespace}/${one.name}` === pod);
    const asked = { app: name, entries };
    const report = explainAdmission(book, asked, rooms(), this.#clock.nowMs());
    return report === undefined
      ? reply(404, { message: `no pod of ${name} is known to the pool` })
      : reply(200, report);
  }
}

function reply(status: number, body: unknown, headers: HttpReply["headers"] = {}): HttpReply {
  return {
    kind: "reply",
    status,
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}
