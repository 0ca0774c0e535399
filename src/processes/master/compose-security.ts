import { join } from "node:path";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { DailyAuditFiles } from "../../adapters/audit-files/daily-audit-files.ts";
import { STANDARD_OUTPUT } from "../../adapters/audit-files/standard-output.ts";
import { KubeTokenReviews } from "../../adapters/kubernetes/kube-token-reviews.ts";
import { fileText } from "../../adapters/text-sources/file-text.ts";
import { configMapText, secretText } from "../../adapters/text-sources/kube-text.ts";
import type { Acls } from "../../domain/authorization/acls.ts";
import type { Credentials } from "../../domain/credentials/parse-credentials.ts";
import { asksForCredentials } from "../../domain/credentials/required-realms.ts";
import {
  NO_RATE_LIMITS,
  parseRateLimitsText,
  type RateLimits,
} from "../../domain/rate-limits/rate-limits.ts";
import { FollowedText, type ReadText, type TextSource } from "../../runtime/followed-text.ts";
import type { AuditLog } from "../../runtime/ports/audit-log.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import { endOf } from "../../services/audit-log/audit-chain.ts";
import { ChainedAuditLog } from "../../services/audit-log/chained-audit-log.ts";
import { BearerAuthenticator } from "../../services/http-authentication/bearer-authenticator.ts";
import { secretMethods } from "../../services/http-authentication/secret-methods.ts";
import { readAcls } from "../../services/master-security/acls-follower.ts";
import { ClusterSecurity } from "../../services/master-security/cluster-security.ts";
import { readCredentials } from "../../services/master-security/credentials-follower.ts";
import type { SettingsSource } from "../../services/master-security/ports.ts";
import type { AclsSource } from "../../services/offer-engine/config-with-acls.ts";
import type { AgentGate } from "../../services/offer-engine/http/agent-api.ts";
import type { Authentication } from "../../services/offer-engine/http/authentication.ts";
import type { MasterBasics } from "./compose-parts.ts";
import type { MasterConfig } from "./config.ts";

/** Audience that tokens for masters are issued for. */
const MASTER_AUDIENCE = "orchestrator-master";

export interface StandaloneSecurity {
  readonly authentication: Authentication;
  readonly acls: AclsSource;
  readonly rateLimits: () => RateLimits;
  stop(): void;
}

/**
 * Credentials, ACLs and limits of a standalone master, from its flags; files are followed.
 * @throws {OperatingError} CONFIG_INVALID when one of them cannot be read now.
 */
export async function openStandaloneSecurity(basics: MasterBasics): Promise<StandaloneSecurity> {
  const { config } = basics;
  const { httpCredentials } = config;
  const none: Credentials = new Map();
  const credentials =
    httpCredentials === undefined
      ? undefined
      : await follow(
          basics,
          "--http-credentials",
          fileText(httpCredentials),
          readCredentials,
          none,
        );
  const acls = await followGiven<Acls | undefined>(
    basics,
    ["--acls", config.acls],
    readAcls,
    undefined,
  );
  const limits = await followGiven(
    basics,
    ["--rate-limits", config.rateLimits],
    readRateLimits,
    NO_RATE_LIMITS,
  );
  const methods =
    credentials === undefined ? [] : secretMethods(() => credentials.current(), basics);
  const flags = realmFlags(config);
  if (methods.length === 0 && Object.values(flags).includes("true")) {
    throw new OperatingError("CONFIG_INVALID", "--http-credentials: credentials are asked for");
  }
  const settings = { mode: "None", flags } as const;
  return {
    authentication: {
      isRequired: (realm) => asksForCredentials(settings, realm),
      methods: () => methods,
    },
    acls,
    rateLimits: () => limits.current(),
    stop: () => {
      for (const followed of [credentials, acls, limits]) followed?.stop();
    },
  };
}

function realmFlags(config: MasterConfig): Readonly<Record<string, string>> {
  return {
    authenticate_http_readonly: String(config.authenticateHttpReadonly),
    authenticate_http_readwrite: String(config.authenticateHttpReadwrite),
    authenticate_http_frameworks: String(config.authenticateHttpFrameworks),
  };
}

/** As Mesos' flags: the JSON itself, a path, or `file://` and a path. */
function followGiven<T>(
  basics: MasterBasics,
  [option, given]: readonly [option: string, given: string | undefined],
  read: (text: string) => ReadText<T>,
  first: T,
): Promise<FollowedText<T>> {
  const source: TextSource =
    given === undefined || given.trimStart().startsWith("{")
      ? { name: option, read: () => Promise.resolve(given) }
      : fileText(given.replace(/^file:\/\//, ""));
  return given === undefined
    ? Promise.resolve(new FollowedText({ ...basics, source, read, first }))
    : follow(basics, option, source, read, first);
}

async function follow<T>(
  { clock, logger }: MasterBasics,
  option: string,
  source: TextSource,
  read: (text: string) => ReadText<T>,
  first: T,
): Promise<FollowedText<T>> {
  const text = await source.read(new AbortController().signal).catch(() => undefined);
  const now: ReadText<T> =
    text === undefined ? { ok: false, message: `${source.name} cannot be read` } : read(text);
  if (!now.ok) throw new OperatingError("CONFIG_INVALID", `${option}: ${now.message}`);
  const followed = new FollowedText({ source, read, first, clock, logger });
  await followed.start();
  return followed;
}

function readRateLimits(text: string): ReadText<RateLimits> {
  const parsed = parseRateLimitsText(text);
  return parsed.ok
    ? { ok: true, value: parsed.limits }
    : { ok: false, message: `${parsed.path}: ${parsed.message}` };
}

/** Security of the masters of a MesosCluster; to be started. */
export function clusterSecurity(
  basics: MasterBasics,
  cluster: {
    readonly kube: KubeTransport;
    readonly namespace: string;
    readonly settings: SettingsSource;
  },
): ClusterSecurity {
  const { clock, logger } = basics;
  const { kube, namespace, settings } = cluster;
  const reviews = new KubeTokenReviews(kube, MASTER_AUDIENCE);
  return new ClusterSecurity({
    settings,
    texts: {
      credentials: (name) => secretText(kube, { namespace, name }),
      acls: (ref) => configMapText(kube, { namespace, ...ref }),
    },
    secretMethods: (credentials) => secretMethods(credentials, basics),
    tokenMethod: new BearerAuthenticator(reviews, clock, logger),
    clock,
    logger,
  });
}

/** Where agents are asked who they are, only the cluster's own account may register agents: any pod can get a token for masters. */
export function agentGate(
  security: Pick<ClusterSecurity, "isRequired">,
  namespace: string,
  account: string,
): AgentGate {
  const own = `system:serviceaccount:${namespace}:${account}`;
  return (principal) => !security.isRequired("mesos-master-agent") || principal === own;
}

/** The audit log that the flags ask for. */
export async function openAuditLog({
  config,
  clock,
  logger,
}: MasterBasics): Promise<{ readonly log: AuditLog; readonly settled: () => Promise<void> }> {
  const process = `master ${config.podName}`;
  const settled = (): Promise<void> => Promise.resolve();
  if (config.auditSink === "none") return { log: { write: () => undefined }, settled };
  if (config.auditSink === "stdout") {
    return { log: new ChainedAuditLog({ process, sink: STANDARD_OUTPUT, clock }), settled };
  }
  const folder = config.auditDir ?? join(config.workDir, "audit");
  const options = { folder, retentionDays: config.auditRetentionDays };
  const { files, lastLine } = await DailyAuditFiles.open(options, { clock, logger });
  const begin = lastLine === undefined ? undefined : endOf(lastLine);
  if (lastLine !== undefined && begin === undefined) {
    throw new OperatingError("CONFIG_INVALID", `${folder}: the last audit line is no record`, {
      hint: "Move the newest file away; orchestrator audit verify says where it is broken.",
    });
  }
  const log = new ChainedAuditLog({
    process,
    sink: files,
    clock,
    ...(begin === undefined ? {} : { begin }),
  });
  return { log, settled: () => files.settled() };
}
