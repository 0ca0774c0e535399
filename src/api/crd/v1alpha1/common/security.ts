import { z } from "zod";
import { listOf, openObject } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, filled, objectName, text } from "../schema/text.ts";
import { SecretRef } from "./references.ts";

const Oidc = z.object({
  issuer: filled(1024),
  audience: filled(),
  jwksUrl: text(1024).optional(),
  principalClaim: filled(128).default("sub"),
  groupsClaim: text(128).optional(),
});

const Authentication = z.object({
  mode: choice("None", "Required"),
  credentialsSecretRef: SecretRef.optional().describe("Principals and secrets for Basic."),
  serviceAccountTokens: z.boolean().default(true),
  oidc: Oidc.optional(),
  clientCertificates: z.boolean().default(false),
});

const Authorization = withRules(
  z.object({
    acls: openObject().optional().describe("Mesos ACLs."),
    aclsConfigMapRef: z
      .object({ name: objectName(), key: filled().default("acls.json") })
      .optional(),
  }),
  [
    {
      rule: "!(has(self.acls) && has(self.aclsConfigMapRef))",
      message: "at most one of acls and aclsConfigMapRef may be given",
      holds: (it) => it.acls === undefined || it.aclsConfigMapRef === undefined,
    },
  ],
);

/** TLS of our servers: at most one source of certificates, and one exactly when it is on. */
export const ServerTls = withRules(
  z.object({
    mode: choice("Off", "Server", "Mutual"),
    secretRef: SecretRef.optional(),
    issuerRef: z
      .object({
        name: objectName(),
        kind: choice("Issuer", "ClusterIssuer"),
        group: filled().default("cert-manager.io"),
      })
      .optional(),
    selfSigned: z.boolean().default(false),
  }),
  [
    {
      rule: "(has(self.secretRef) ? 1 : 0) + (has(self.issuerRef) ? 1 : 0) + (self.selfSigned ? 1 : 0) == (self.mode == 'Off' ? 0 : 1)",
      message:
        "exactly one of secretRef, issuerRef and selfSigned must be given, none with mode Off",
      holds: (tls) =>
        [tls.secretRef !== undefined, tls.issuerRef !== undefined, tls.selfSigned].filter(Boolean)
          .length === (tls.mode === "Off" ? 0 : 1),
    },
  ],
);

/** Who may talk to our servers and how. Shared by the kinds that have servers. */
export const securityFields = {
  authentication: Authentication.prefault({}),
  authorization: Authorization.prefault({}),
  tls: ServerTls.prefault({}),
  networkPolicy: z
    .object({
      enabled: z.boolean().default(true),
      from: listOf(openObject(), 64).prefault([]).describe("NetworkPolicy peers; empty: all."),
    })
    .prefault({}),
  audit: z
    .object({ sink: choice("Stdout", "File"), retentionDays: int(1, 36_500).default(365) })
    .prefault({}),
};

/** Objects for a Prometheus operator and Grafana, made where their kinds exist. */
export const Monitoring = z.object({
  serviceMonitor: z.boolean().default(false),
  prometheusRule: z.boolean().default(false),
  dashboards: z.boolean().default(false),
});
