import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import type { AclAction } from "../../../domain/authorization/acl-actions.ts";
import type { Acls } from "../../../domain/authorization/acls.ts";
import { permissionsOfCall } from "../../../domain/authorization/call-permissions.ts";
import { firstLacking, mayDo, type Permission } from "../../../domain/authorization/may-do.ts";
import { type Sight, sightOf } from "../../../domain/authorization/sight.ts";
import type { MasterState } from "../../../domain/mesos/master-state.ts";
import type { Principal } from "../../../runtime/ports/authenticator.ts";
import type { HttpReply, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import { type Change, changeOfCall } from "./operator-audit.ts";
import { textReply } from "./replies.ts";

/** A request whose sender is known (or need not be), with what it may do. */
export class Visit {
  readonly request: HttpRequest;
  readonly groups: readonly string[];
  /** undefined: nobody said who asks. */
  readonly principal: string | undefined;
  readonly #acls: Acls | undefined;
  #sight: Sight | undefined;
  #change: Change | undefined;
  #isDenied = false;

  constructor(request: HttpRequest, who: Principal | undefined, acls: Acls | undefined) {
    this.request = request;
    this.principal = who?.value;
    this.groups = who?.groups ?? [];
    this.#acls = acls;
  }

  /** The ACLs that hold for this request. */
  get acls(): Acls | undefined {
    return this.#acls;
  }

  mayDo(action: AclAction, object?: string): boolean {
    return mayDo(this.#acls, this.principal, action, object);
  }

  /** The answer to a write that asks for more than the principal may do. */
  refusal(permissions: readonly Permission[]): HttpReply | undefined {
    const lacking = firstLacking(this.#acls, this.principal, permissions);
    return lacking === undefined ? undefined : textReply(403, "");
  }

  /** Says that the request asks for this change, and gives the answer when it may not. */
  refusalOf(
    call: MasterCall,
    { engine }: { readonly engine: { readonly state: Pick<MasterState, "frameworks"> } },
  ): HttpReply | undefined {
    this.#change = changeOfCall(call);
    return this.refusal(permissionsOfCall(call, engine.state));
  }

  /** What answers to reads may show. */
  get sight(): Sight {
    this.#sight ??= sightOf(this.#acls, this.principal);
    return this.#sight;
  }

  /** Says that the request asks for a change: it is written to the audit log with its answer. */
  changes(verb: string, resource: string): void {
    this.#change = { verb, resource };
  }

  /** Says that the change is refused although the status of the answer does not show it. */
  deny(): void {
    this.#isDenied = true;
  }

  get change(): Change | undefined {
    return this.#change;
  }
  get isDenied(): boolean {
    return this.#isDenied;
  }
}
