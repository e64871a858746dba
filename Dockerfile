# waygate in a container, on Bun: not as root, and nothing is written but below /var/lib/waygate.
#
#   docker build -t waygate .
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges --publish 127.0.0.1:8787:8787 \
#     --volume waygate:/var/lib/waygate --volume "$PWD/settings:/etc/waygate:ro" --env-file keys.env \
#     waygate --config /etc/waygate/waygate.jsonc
#
# Variables that the settings name, such as ${OPENAI_API_KEY}, stand in keys.env. The folder is mounted, because a file
# that is mounted by itself stays the old one when an editor puts a new one in its place. With a `basePath` or another
# port than 8787 the health check needs to know: --env WAYGATE_HEALTH=http://127.0.0.1:8787/ai/healthz.
#
# Without --config it serves every known provider to whoever reaches it. tests/deploy.run.ts tries what stands below
# without docker: that all is there which is copied, the installation, the command, the health check. The command was
# also tried with everything but /var/lib/waygate mounted read-only. Not tried: docker itself, and the images.

FROM node:24-alpine AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM oven/bun:1.4.5-alpine
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY src src
COPY adapters adapters
RUN mkdir -p /var/lib/waygate && chown bun:bun /var/lib/waygate
USER bun
VOLUME /var/lib/waygate
EXPOSE 8787
# Calls to providers at once, of which Bun by itself makes 256; and no cache of its own beside the code.
ENV BUN_CONFIG_MAX_HTTP_REQUESTS=65535 BUN_RUNTIME_TRANSPILER_CACHE_PATH=0
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["bun", "-e", "process.exit((await fetch(process.env.WAYGATE_HEALTH ?? 'http://127.0.0.1:8787/healthz')).ok ? 0 : 1)"]
ENTRYPOINT ["bun", "adapters/cli/main.ts", "serve", "--host", "0.0.0.0", "--port", "8787", \
  "--db", "/var/lib/waygate/store.db", "--logs", "/var/lib/waygate/logs.db", "--log-format", "json"]
