# syntax=docker/dockerfile:1

# The gateway, run from its sources: Node 24 takes TypeScript as it is, so nothing is built.

ARG NODE=node:24.21.0-trixie-slim

FROM ${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Only what runs; no package of it needs a script at installation.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE}
ENV NODE_ENV=production \
    SIGHTLINE_QUERY_HOST=0.0.0.0 \
    SIGHTLINE_CONTROL_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json sightline.yaml LICENSE NOTICE ./
COPY demo demo
COPY src src
# The one folder that is written: data and models. A new volume takes its owner over.
RUN install --directory --owner=node --group=node var
VOLUME /app/var
USER node
EXPOSE 8080 8081
# Until the first models are trained it is alive but not ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SIGHTLINE_CONTROL_PORT || 8081}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Mount a configuration over /app/sightline.yaml, or name another one with --config.
ENTRYPOINT ["node", "src/cli/main.ts"]
CMD ["serve"]
