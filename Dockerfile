# One image per need: `runtime` for every process without host access, `node` for the agent's
# process launcher and the probe.
#
#   docker build --target runtime --tag orchestrator .
#   docker build --target node --tag orchestrator-node .
#
# BUILD_FROM=source compiles and installs inside the build and needs the npm registry.
# BUILD_FROM=context takes dist/ and production node_modules/ from the build context and needs no
# network: tests use it (test/cluster/images). Both give the same layout.
ARG NODE_BASE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_BASE_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot
ARG BUILD_FROM=source

FROM ${NODE_BASE_IMAGE} AS deps
WORKDIR /src
COPY package.json package-lock.json ./
# The package `node` only brings a Node for machines without a recent one; this image has it.
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM deps AS build
COPY . .
# What ships; tests are not compiled here.
RUN node_modules/.bin/tsc -b src/processes \
 && find dist -type f \( -name '*.d.ts' -o -name '*.tsbuildinfo' \) -delete

FROM ${NODE_BASE_IMAGE} AS prod-deps
WORKDIR /src
COPY package.json package-lock.json ./
# Typings and source maps of packages are nearly half of their size, and nothing reads them.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' \) -delete

FROM scratch AS app-source
COPY --from=prod-deps /src/node_modules /app/node_modules
COPY --from=build /src/dist /app/dist

FROM scratch AS app-context
COPY node_modules /app/node_modules
COPY dist /app/dist

FROM app-${BUILD_FROM} AS app
COPY package.json LICENSE /app/

FROM ${RUNTIME_BASE_IMAGE} AS runtime
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="orchestrator" \
      org.opencontainers.image.description="One fair pool on Kubernetes for everything that ran on Mesos and Marathon" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
# The packages are a layer of their own: it changes with the lockfile only.
COPY --from=app /app/node_modules /app/node_modules
COPY --from=app /app/package.json /app/LICENSE /app/
COPY --from=app /app/dist /app/dist
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "--enable-source-maps", "/app/dist/processes/cli/main.js"]

FROM ${NODE_BASE_IMAGE} AS node
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="orchestrator-node" \
      org.opencontainers.image.description="orchestrator with a shell and host tools: process-launcher agent, probe" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Tasks run in it, and the probe reads connections: a shell, conntrack, util-linux.
RUN if ! command -v conntrack >/dev/null || ! command -v nsenter >/dev/null; then \
      apt-get update && apt-get install -y --no-install-recommends conntrack util-linux \
      && rm -rf /var/lib/apt/lists/*; \
    fi \
 && echo 'nonroot:x:65532:65532::/home/nonroot:/bin/sh' >> /etc/passwd \
 && echo 'nonroot:x:65532:' >> /etc/group
WORKDIR /app
# The packages are a layer of their own: it changes with the lockfile only.
COPY --from=app /app/node_modules /app/node_modules
COPY --from=app /app/package.json /app/LICENSE /app/
COPY --from=app /app/dist /app/dist
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node", "--enable-source-maps", "/app/dist/processes/cli/main.js"]
