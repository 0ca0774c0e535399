import { asciiJsonString, encodeJson } from "../../../api/mesos/json-encode.ts";
import { Resource } from "../../../api/mesos/resource.ts";
import type { Framework, Offer } from "../../../domain/mesos/master-state.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";
import { asciiBytes, AsciiWriter } from "./ascii-writer.ts";
import { OfferFragments, type AgentFragment } from "./offer-fragments.ts";

/** Most bytes of one record; longer lists of offers are split. */
const RECORD_BYTES_MAX = 1024 * 1024;

const EVENT_HEAD = asciiBytes('{"type":"OFFERS","offers":{"offers":[');
const EVENT_TAIL = asciiBytes("]}}");
const COMMA = asciiBytes(",");
const ID_HEAD = asciiBytes('{"id":{"value":"');
const RESOURCES_HEAD = asciiBytes(',"resources":[');
const LIST_TAIL = asciiBytes("]");
const OBJECT_TAIL = asciiBytes("}");

/** What all offers of a framework for one role have in common. */
interface Recipient {
  readonly role: string;
  readonly isMultiRole: boolean;
  readonly isRefined: boolean;
  /** `"},"framework_id":…,` */
  readonly id: Uint8Array;
  /** `,"allocation_info":…` */
  readonly allocation: Uint8Array;
  /** What ends a resource. */
  readonly resourceTail: Uint8Array;
  /** All of it that an offer's text depends on, but for the framework's id. */
  readonly format: string;
}

/** JSON of OFFERS events, put together from cached fragments; an offer adds its ids and its role. */
export class OfferEncoder {
  readonly #fragments = new OfferFragments();
  readonly #writer = new AsciiWriter();

  /** One event, or several where one would pass 1 MiB; all offers are of one framework. A record is good until the next one is asked for. */
  *records(offers: readonly Offer[]): Generator<Uint8Array> {
    const [first] = offers;
    if (first === undefined) return;
    const writer = this.#writer;
    writer.length = 0;
    writer.append(EVENT_HEAD);
    let recipient = recipientOf(first.framework, first.role);
    let count = 0;
    for (const offer of offers) {
      if (offer.role !== recipient.role) recipient = recipientOf(offer.framework, offer.role);
      const before = writer.length;
      if (count > 0) writer.append(COMMA);
      const from = writer.length;
      this.#write(offer, recipient);
      count += 1;
      if (count === 1 || writer.length + EVENT_TAIL.length <= RECORD_BYTES_MAX) continue;
      yield this.#closed(before);
      writer.dropBetween(EVENT_HEAD.length, from);
      count = 1;
    }
    yield this.#closed(writer.length);
  }

  /** The record up to there, closed; what comes after stays as it is. */
  #closed(to: number): Uint8Array {
    const writer = this.#writer;
    if (to === writer.length) {
      writer.append(EVENT_TAIL);
      return writer.view(0, writer.length);
    }
    return Buffer.concat([writer.view(0, to), EVENT_TAIL]);
  }

  #write(offer: Offer, recipient: Recipient): void {
    const writer = this.#writer;
    const fragment = this.#fragments.of(offer.agent, offer.resources);
    writer.append(ID_HEAD);
    writer.appendText(offer.id);
    writer.append(recipient.id);
    const hasExecutors = offer.framework.executors.get(offer.agent.id) !== undefined;
    const isKnown = !hasExecutors && fragment.bodyFor === recipient.format;
    if (isKnown && fragment.body !== undefined) {
      writer.append(fragment.body);
      return;
    }
    const from = writer.length;
    this.#writeBody(offer, fragment, recipient);
    if (hasExecutors) return;
    fragment.bodyFor = recipient.format;
    fragment.body = isKnown ? Uint8Array.from(writer.view(from, writer.length)) : undefined;
  }

  /** Everything that does not depend on the offer and its framework alone. */
  #writeBody(offer: Offer, fragment: AgentFragment, recipient: Recipient): void {
    const writer = this.#writer;
    writer.append(fragment.head);
    this.#writeResources(offer, fragment, recipient);
    this.#writeExecutors(offer);
    writer.append(fragment.tail);
    writer.append(recipient.allocation);
    writer.append(fragment.domain);
    writer.append(OBJECT_TAIL);
  }

  #writeResources(offer: Offer, { texts }: AgentFragment, recipient: Recipient): void {
    const writer = this.#writer;
    if (texts === undefined) {
      writer.appendText(rareResources(offer, recipient));
      return;
    }
    if (texts.length === 0) return;
    writer.append(RESOURCES_HEAD);
    for (const text of texts) {
      writer.append(text);
      writer.append(recipient.resourceTail);
    }
    writer.append(LIST_TAIL);
  }

  #writeExecutors({ framework, agent }: Offer): void {
    const executors = framework.executors.get(agent.id);
    if (executors === undefined) return;
    const ids = [...executors.keys()].map((id) => `{"value":${asciiJsonString(id)}}`);
    this.#writer.appendText(`,"executor_ids":[${ids.join(",")}]`);
  }
}

function recipientOf({ id, capabilities }: Framework, role: string): Recipient {
  const isMultiRole = capabilities.has("MULTI_ROLE");
  const isRefined = capabilities.has("RESERVATION_REFINEMENT");
  const allocation = isMultiRole ? `,"allocation_info":{"role":${asciiJsonString(role)}}` : "";
  return {
    role,
    isMultiRole,
    isRefined,
    id: asciiBytes(`"},"framework_id":{"value":${asciiJsonString(id)}},`),
    allocation: asciiBytes(allocation),
    format: `${isRefined ? "refined" : "old"} ${isMultiRole ? role : ""}`,
    resourceTail: asciiBytes(`${isRefined ? "" : ',"role":"*"'}${allocation}}`),
  };
}

/** Disks, reservations, sets and what is beside them: through the table. Nothing may be left for a framework without refinement. */
function rareResources({ resources, role }: Offer, { isRefined, isMultiRole }: Recipient): string {
  const format = isMultiRole ? { refined: isRefined, allocatedTo: role } : { refined: isRefined };
  const wire = writeResources(resources, format);
  if (wire.length === 0) return "";
  return `,"resources":[${wire.map((resource) => encodeJson(Resource, resource)).join(",")}]`;
}
