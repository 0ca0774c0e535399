import { X509Certificate, createPrivateKey } from "node:crypto";
import { expect } from "chai";
import { createAuthority, issueCertificate } from "../../cluster/pki/certificate.ts";

describe("issueCertificate", () => {
  const authority = createAuthority("the-ca");
  const issued = issueCertificate(authority, {
    commonName: "system:node:node-1",
    organizations: ["system:nodes", "more"],
    hosts: ["node-1", "10.0.0.1"],
  });
  const certificate = new X509Certificate(issued.certificatePem);
  const root = new X509Certificate(authority.certificatePem);

  it("is signed by its authority", () => {
    expect(certificate.checkIssued(root)).to.equal(true);
    expect(certificate.verify(root.publicKey)).to.equal(true);
    expect(root.ca).to.equal(true);
    expect(certificate.ca).to.equal(false);
  });

  it("names the user and its groups", () => {
    expect(certificate.subject).to.equal("O=system:nodes\nO=more\nCN=system:node:node-1");
  });

  it("is good for its hosts and for no other", () => {
    expect(certificate.checkHost("node-1")).to.equal("node-1");
    expect(certificate.checkIP("10.0.0.1")).to.equal("10.0.0.1");
    expect(certificate.checkHost("node-2")).to.equal(undefined);
  });

  it("comes with its own key", () => {
    expect(certificate.checkPrivateKey(createPrivateKey(issued.keyPem))).to.equal(true);
  });

  it("is valid now", () => {
    expect(certificate.validFromDate.getTime()).to.be.lessThan(Date.now());
    expect(certificate.validToDate.getTime()).to.be.greaterThan(Date.now());
  });
});
